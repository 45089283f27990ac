/**
 * Releases of the rack as fixtures: the newest version of each API that a release knows, oldest release first in
 * `releases.json`. A new release is appended there; no line ever changes.
 */
import { readFileSync } from "node:fs";
import { compareSemVer, cutVersions, parseSemVer, serveApi, type Api, type SemVer } from "@racklet/api-kit";
import type { World } from "@racklet/world";

export interface Release {
  readonly release: string;
  readonly dpd: string;
  readonly "sled-agent": string;
  readonly propolis: string;
  readonly nexus: string;
  readonly "nexus-internal": string;
}

export type Ident = Exclude<keyof Release, "release">;

export const RELEASES = JSON.parse(
  readFileSync(new URL("../releases.json", import.meta.url), "utf8"),
) as readonly Release[];

/** Every release with the one after it. */
export const ADJACENT: readonly (readonly [Release, Release])[] = RELEASES.slice(1).map((newer, i) => [
  // There is one before each of those after the first.
  RELEASES[i] as Release,
  newer,
]);

type Serve = (request: Request) => Response | Promise<Response>;

/**
 * The server as it was when `newest` was the newest version it knew, whether we list that version or not. What it is asked
 * in a version it knows is served by `serve`, which chooses by version and nothing else; everything else it answers itself.
 */
export function cutServer(api: Api, serve: Serve, newest: string, world: World): Serve {
  const limit = semver(newest);
  const listed = api.versions.all.findLast((version) => compareSemVer(version.semver, limit) <= 0);
  if (listed === undefined) throw new Error(`${api.ident} has no version at or below ${newest}`);
  const old = serveApi(
    { ...api, versions: cutVersions(api.versions, listed.label), operations: {} },
    { context: undefined, handlers: {}, world, bodyValidators: {} },
  );
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/.well-known/api-versions") return old.fetch(request);
    // Views outside the versioned API.
    if (pathname === "/metrics" || pathname.startsWith("/debug/")) return serve(request);
    const asked = request.headers.get("api-version");
    if (asked === null && api.onMissing === "latest") {
      const headers = new Headers(request.headers);
      headers.set("api-version", newest);
      return serve(new Request(request, { headers }));
    }
    const version = asked === null ? null : parseSemVer(asked);
    const isKnown = version !== null && compareSemVer(version, limit) <= 0;
    return isKnown ? serve(request) : old.fetch(request);
  };
}

/** Whether a server that knows versions up to `newest` serves `version`. */
export const isAtMost = (version: string, newest: string): boolean =>
  compareSemVer(semver(version), semver(newest)) <= 0;

/** The older one of two versions. */
export const older = (a: string, b: string): string => (isAtMost(a, b) ? a : b);

function semver(text: string): SemVer {
  const parsed = parseSemVer(text);
  if (parsed === null) throw new Error(`${text} is not a semantic version`);
  return parsed;
}
