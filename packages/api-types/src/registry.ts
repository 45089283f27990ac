/** Every API of the rack: what documents, validators and clients are generated for. */
import type { Api } from "@racklet/api-kit/declare";
import { dpdApi } from "./dpd/api.ts";
import { nexusApi } from "./nexus/api.ts";
import { nexusInternalApi } from "./nexus-internal/api.ts";
import { nexusLockstepApi } from "./nexus-lockstep/api.ts";
import { propolisApi } from "./propolis/api.ts";
import { sledAgentApi } from "./sled-agent/api.ts";

export const apis: readonly Api[] = [dpdApi, nexusApi, nexusInternalApi, nexusLockstepApi, propolisApi, sledAgentApi];
