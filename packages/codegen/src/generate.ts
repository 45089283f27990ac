/** Brings every generated folder up to date with the documents; does next to nothing when nothing changed. */
import { join } from "node:path";
import type { Api } from "@racklet/api-kit/declare";
import { readDocuments } from "./documents.ts";
import { hashSources } from "./hash.ts";
import { clientJobs, genFolders, validatorJobs, type JobInputs } from "./jobs.ts";
import { runJobs, type JobResult } from "./output.ts";

export interface GenerateOptions {
  /** The repository: `openapi/` is read, `packages/<name>/src/gen` is written. */
  readonly root: string;
  /** Called only when validators are stale. */
  readonly loadApis: () => Promise<readonly Api[]>;
}

export async function generate({ root, loadApis }: GenerateOptions): Promise<JobResult> {
  const generator = hashSources([import.meta.dirname]);
  const inputs: JobInputs = {
    root,
    loadApis,
    generator,
    declarations: hashSources([
      import.meta.dirname,
      join(root, "packages/api-kit/src"),
      join(root, "packages/api-types/src"),
    ]),
    documents: readDocuments(join(root, "openapi")),
  };
  return runJobs([...clientJobs(inputs), ...validatorJobs(inputs)], genFolders(root));
}
