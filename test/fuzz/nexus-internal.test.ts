import { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import { nexusLockstepApi } from "@racklet/api-types/nexus-lockstep/api";
import { startNexus } from "./support/nexus.ts";
import { fuzz } from "./support/suite.ts";

fuzz({ api: nexusInternalApi, start: () => startNexus("internal"), rounds: 10, successes: 0.8 });
fuzz({ api: nexusLockstepApi, start: () => startNexus("lockstep"), rounds: 10, successes: 0.8 });
