import { nexusApi } from "@racklet/api-types/nexus/api";
import { startNexus } from "./support/nexus.ts";
import { fuzz } from "./support/suite.ts";

fuzz({ api: nexusApi, start: () => startNexus("external"), rounds: 3, successes: 0.7 });
