import { compareSemVer, parseSemVer, type SemVer } from "./semver.ts";

export interface ApiVersion {
  /** Position in the list, oldest = 0. */
  readonly ordinal: number;
  readonly label: string;
  readonly semver: SemVer;
}

export interface ApiVersions<Label extends string = string> {
  /** Oldest first. */
  readonly all: readonly ApiVersion[];
  readonly latest: ApiVersion;
  /** Label to ordinal: endpoints refer to labels, so that renumbering touches one line. */
  readonly V: Readonly<Record<Label, number>>;
}

/**
 * The supported versions of an API, newest first, one per line so that two branches adding one collide.
 * A number N stands for `N.0.0`. The list decides what is supported; the documents follow from it.
 */
export function apiVersions<const T extends readonly (readonly [number | string, string])[]>(
  newestFirst: T,
): ApiVersions<T[number][1]> {
  if (newestFirst.length === 0) throw new Error("an API needs at least one version");
  const all: ApiVersion[] = [...newestFirst].reverse().map(([number, label], ordinal) => {
    const semver = parseSemVer(typeof number === "number" ? `${number}.0.0` : number);
    if (semver === null) throw new Error(`version ${label}: ${number} is not a semantic version`);
    return { ordinal, label, semver };
  });
  for (const [i, version] of all.entries()) {
    const older = all[i - 1];
    if (older !== undefined && compareSemVer(older.semver, version.semver) >= 0) {
      throw new Error(`versions must be strictly descending: ${version.label} does not sort above ${older.label}`);
    }
  }
  const V = Object.fromEntries(all.map((version) => [version.label, version.ordinal]));
  if (Object.keys(V).length !== all.length) throw new Error("two versions share a label");
  // The list was checked to be non-empty, and V has exactly the labels of T.
  return { all, latest: all.at(-1) as ApiVersion, V: V as Record<T[number][1], number> };
}

/** The same list as it was when `newest` (a label) was the latest version: simulates an older server. */
export function cutVersions(versions: ApiVersions, newest: string): ApiVersions {
  const ordinal = versions.V[newest];
  const latest = ordinal === undefined ? undefined : versions.all[ordinal];
  if (latest === undefined) throw new Error(`no version labelled ${newest}`);
  return { all: versions.all.slice(0, latest.ordinal + 1), latest, V: versions.V };
}
