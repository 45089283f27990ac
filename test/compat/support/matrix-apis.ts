/** The versioned APIs of the rack and how each is started, as new, within this process and on virtual time. */
import type { Api } from "@racklet/api-kit";
import { dpdApi } from "@racklet/api-types/dpd/api";
import { nexusApi } from "@racklet/api-types/nexus/api";
import { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import { propolisApi } from "@racklet/api-types/propolis/api";
import { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import { startDpd } from "../../fuzz/support/dpd.ts";
import { startNexus } from "../../fuzz/support/nexus.ts";
import { startSledAgent } from "../../fuzz/support/sled-agent.ts";
import type { StartTarget } from "../../fuzz/support/target.ts";
import type { Ident } from "./releases.ts";
import { startPropolis } from "./propolis.ts";

export interface MatrixApi {
  readonly ident: Ident;
  readonly api: Api;
  readonly start: StartTarget;
}

export const MATRIX: readonly MatrixApi[] = [
  { ident: "dpd", api: dpdApi, start: () => startDpd({ isStill: true }) },
  { ident: "sled-agent", api: sledAgentApi, start: startSledAgent },
  { ident: "propolis", api: propolisApi, start: startPropolis },
  { ident: "nexus", api: nexusApi, start: () => startNexus("external") },
  { ident: "nexus-internal", api: nexusInternalApi, start: () => startNexus("internal") },
];
