/** Which API version a request asks for. Membership is by range: any version up to the newest is accepted. */
import { HttpError } from "./errors.ts";
import type { Api } from "./declare.ts";
import { compareSemVer, parseSemVer } from "./semver.ts";
import type { ApiVersion } from "./versions.ts";

export const VERSION_HEADER = "api-version";
const CACHE_ENTRIES = 256;

/** Returns the greatest supported version at or below the header's, or the oldest for anything older. Throws HttpError 400. */
export function versionResolver(api: Api): (header: string | undefined) => ApiVersion {
  const { all, latest } = api.versions;
  const oldest = all[0] ?? latest;
  const cache = new Map<string, ApiVersion>();
  return (header) => {
    if (api.onMissing === "unversioned") return latest;
    if (header === undefined) {
      if (api.onMissing === "latest") return latest;
      throw HttpError.badRequest(`missing expected header "${VERSION_HEADER}"`);
    }
    const known = cache.get(header);
    if (known !== undefined) return known;
    const wanted = parseSemVer(header);
    if (wanted === null) {
      throw HttpError.badRequest(`bad value for header "${VERSION_HEADER}": not a semantic version: ${header}`);
    }
    if (compareSemVer(wanted, latest.semver) > 0) {
      throw HttpError.badRequest(`server does not support this API version: ${header}`);
    }
    const found = all.findLast((version) => compareSemVer(version.semver, wanted) <= 0) ?? oldest;
    if (cache.size < CACHE_ENTRIES) cache.set(header, found);
    return found;
  };
}
