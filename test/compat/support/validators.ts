/** The generated validators of every API, by its name. */
import type { Validators } from "@racklet/api-kit";
import { bodyValidators as dpd } from "@racklet/api-types/gen/dpd.validators.js";
import { responseValidators as dpdAnswers } from "@racklet/api-types/gen/dpd.response-validators.js";
import { bodyValidators as nexus } from "@racklet/api-types/gen/nexus.validators.js";
import { responseValidators as nexusAnswers } from "@racklet/api-types/gen/nexus.response-validators.js";
import { bodyValidators as internal } from "@racklet/api-types/gen/nexus-internal.validators.js";
import { responseValidators as internalAnswers } from "@racklet/api-types/gen/nexus-internal.response-validators.js";
import { bodyValidators as lockstep } from "@racklet/api-types/gen/nexus-lockstep.validators.js";
import { responseValidators as lockstepAnswers } from "@racklet/api-types/gen/nexus-lockstep.response-validators.js";
import { bodyValidators as propolis } from "@racklet/api-types/gen/propolis.validators.js";
import { responseValidators as propolisAnswers } from "@racklet/api-types/gen/propolis.response-validators.js";
import { bodyValidators as sledAgent } from "@racklet/api-types/gen/sled-agent.validators.js";
import { responseValidators as sledAgentAnswers } from "@racklet/api-types/gen/sled-agent.response-validators.js";

export interface ApiValidators {
  readonly bodies: Validators;
  readonly answers: Validators;
}

const BY_IDENT: Readonly<Record<string, ApiValidators>> = {
  dpd: { bodies: dpd, answers: dpdAnswers },
  nexus: { bodies: nexus, answers: nexusAnswers },
  "nexus-internal": { bodies: internal, answers: internalAnswers },
  "nexus-lockstep": { bodies: lockstep, answers: lockstepAnswers },
  propolis: { bodies: propolis, answers: propolisAnswers },
  "sled-agent": { bodies: sledAgent, answers: sledAgentAnswers },
};

export function validatorsOf(ident: string): ApiValidators {
  const found = BY_IDENT[ident];
  if (found === undefined) throw new Error(`support/validators.ts lists no validators of ${ident}`);
  return found;
}
