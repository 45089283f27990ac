/** The documents the declarations stand for. */
import { createHash } from "node:crypto";
import type { Api } from "@racklet/api-kit/declare";
import { emit } from "@racklet/api-kit/emit";

export interface Generated {
  readonly ident: string;
  readonly version: string;
  readonly label: string;
  readonly operations: number;
  /** Relative to the documents' folder. */
  readonly file: string;
  readonly text: string;
  readonly sha256: string;
}

export const isLockstep = (api: Api): boolean => api.onMissing === "unversioned";

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** `dpd/dpd-13.0.0-46383d.json`: the hash makes two branches that publish different bytes under one number collide. */
export const fileOf = (ident: string, version: string, hash: string): string =>
  `${ident}/${ident}-${version}-${hash.slice(0, 6)}.json`;

export const latestOf = (ident: string): string => `${ident}/${ident}-latest.json`;

/** Every version of an API, oldest first; a lockstep API has its newest only. */
export function generatedDocuments(api: Api): Generated[] {
  const versions = isLockstep(api) ? [api.versions.latest] : api.versions.all;
  return versions.map(({ ordinal, semver, label }) => {
    const text = emit(api, ordinal);
    const hash = sha256(text);
    return {
      ident: api.ident,
      version: semver.text,
      label,
      operations: text.split('"operationId": ').length - 1,
      file: isLockstep(api) ? `${api.ident}.json` : fileOf(api.ident, semver.text, hash),
      text,
      sha256: hash,
    };
  });
}
