import { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import { startSledAgent } from "./support/sled-agent.ts";
import { fuzz } from "./support/suite.ts";

fuzz({ api: sledAgentApi, start: startSledAgent, rounds: 12, successes: 0.9 });
