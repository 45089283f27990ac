/** Our documents against the tables of upstream's facts. Pure: the comparison is data. */
import { emitDocument } from "@racklet/api-kit/emit";
import type { Api } from "@racklet/api-kit/declare";
import { EXCEPTIONS, type Exception } from "./exceptions.ts";
import { factsOf, keyOf, type Fact, type OpenApi } from "./facts.ts";
import { factsAt, type UpstreamTable } from "./table.ts";

export type Aspect =
  | "existence"
  | "id"
  | "status"
  | "request name"
  | "response name"
  | "parameters"
  | "request"
  | "response";

export interface Disagreement {
  readonly operation: string;
  readonly aspect: Aspect;
  readonly upstream: string;
  readonly ours: string;
  /** Versions in which it is so, oldest first. */
  readonly versions: readonly string[];
  /** Why it is meant to be so; undefined: nobody said. */
  readonly reason: string | undefined;
}

export interface Coverage {
  readonly version: string;
  readonly served: number;
  readonly known: number;
}

export interface Parity {
  readonly ident: string;
  readonly disagreements: readonly Disagreement[];
  /** Of each of our versions that upstream has too. */
  readonly coverage: readonly Coverage[];
  /** Versions of ours that upstream has not. */
  readonly own: readonly string[];
  /** Exceptions that excuse nothing any more. */
  readonly stale: readonly Exception[];
}

export function compare(api: Api, table: UpstreamTable, exceptions: readonly Exception[] = EXCEPTIONS): Parity {
  const found = new Map<string, Disagreement & { versions: string[] }>();
  const coverage: Coverage[] = [];
  const own: string[] = [];
  const used = new Set<Exception>();
  const listed = exceptions.filter(({ ident }) => ident === api.ident);
  for (const { semver, ordinal } of api.versions.all) {
    const version = semver.text;
    if (!table.versions.includes(version)) {
      own.push(version);
      continue;
    }
    const known = factsAt(table, version);
    // What the emitter prints is such a document.
    const served = factsOf(emitDocument(api, ordinal) as unknown as OpenApi);
    coverage.push({ version, served: served.filter((fact) => known.has(keyOf(fact))).length, known: known.size });
    for (const fact of served) {
      for (const [aspect, upstream, ours] of differences(known.get(keyOf(fact)), fact)) {
        const operation = keyOf(fact);
        const exception = listed.find((each) => excuses(each, operation, aspect));
        if (exception !== undefined) used.add(exception);
        const key = [operation, aspect, upstream, ours].join("\n");
        const before = found.get(key) ?? { operation, aspect, upstream, ours, versions: [], reason: exception?.reason };
        before.versions.push(version);
        found.set(key, before);
      }
    }
  }
  return {
    ident: api.ident,
    disagreements: [...found.values()],
    coverage,
    own,
    stale: listed.filter((each) => !used.has(each)),
  };
}

function excuses(exception: Exception, operation: string, aspect: Aspect): boolean {
  const { aspects, operations } = exception;
  return aspects.includes(aspect) && (operations.includes(operation) || operations.includes("*"));
}

function differences(upstream: Fact | undefined, ours: Fact): (readonly [Aspect, string, string])[] {
  if (upstream === undefined) return [["existence", "none", ours.id]];
  const pairs: readonly (readonly [Aspect, string, string])[] = [
    ["id", upstream.id, ours.id],
    ["status", String(upstream.status), String(ours.status)],
    ["request name", upstream.request, ours.request],
    ["response name", upstream.response, ours.response],
    ["parameters", upstream.shape[0], ours.shape[0]],
    ["request", upstream.shape[1], ours.shape[1]],
    ["response", upstream.shape[2], ours.shape[2]],
  ];
  return pairs.filter(([, a, b]) => a !== b);
}
