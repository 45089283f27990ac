/** Projects. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { identity, identityCreate, identityUpdate } from "../common.ts";

export const Project = s.named("Project", s.object(identity), "What holds instances, networks and addresses.");
export type Project = Infer<typeof Project>;
export const ProjectResultsPage = resultsPageOf("Project", Project);
export const ProjectCreate = s.named("ProjectCreate", s.object(identityCreate));
export const ProjectUpdate = s.named("ProjectUpdate", s.object(identityUpdate));
