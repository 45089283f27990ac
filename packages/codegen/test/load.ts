/** Documents and validators of an API without any file of the repository. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Api } from "@racklet/api-kit/declare";
import { emit } from "@racklet/api-kit/emit";
import type { Validators } from "@racklet/api-kit/validate";
import type { DocumentFile } from "../src/documents.ts";
import { planValidators } from "../src/validator-plan.ts";
import { validatorSource } from "../src/validator-source.ts";

export function documentsOf(api: Api): DocumentFile[] {
  return api.versions.all.map(({ ordinal, semver }) => {
    const text = emit(api, ordinal);
    const sha256 = createHash("sha256").update(text).digest("hex");
    const path = `openapi/${api.ident}/${api.ident}-${semver.text}-${sha256.slice(0, 6)}.json`;
    return { ident: api.ident, version: semver.text, path, text, sha256, lockstep: false };
  });
}

export async function validatorsOf(api: Api): Promise<{ bodies: Validators; responses: Validators }> {
  const { bodies, responses } = planValidators(api, documentsOf(api));
  return {
    bodies: await load(validatorSource("validators", bodies)),
    responses: await load(validatorSource("validators", responses)),
  };
}

// Native import of a real file: what services do.
async function load(source: string): Promise<Validators> {
  const folder = mkdtempSync(join(tmpdir(), "racklet-validators-"));
  try {
    const file = join(folder, "validators.mjs");
    const kit = pathToFileURL(join(import.meta.dirname, "../../api-kit/src")).href;
    writeFileSync(file, source.replaceAll(/"@racklet\/api-kit\/([\w-]+)"/g, `"${kit}/$1.ts"`));
    const module: { validators: Validators } = await import(/* @vite-ignore */ pathToFileURL(file).href);
    return module.validators;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
