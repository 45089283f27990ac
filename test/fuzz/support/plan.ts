/** Which operations are sent in which version, and what a service is known to expect of each. */
import type { ApiDocument, DocumentOperation } from "./documents.ts";
import { requestOf, validParts, type FuzzRequest } from "./request.ts";
import type { Dice } from "./seed.ts";
import type { Target } from "./target.ts";
import type { WrongOptions } from "./wrong-requests.ts";

const VERSION_HEADER = "api-version";

/** Every operation at the newest version it has, and at one older version. */
export function planOperations(documentsNewestFirst: readonly ApiDocument[], dice: Dice): DocumentOperation[] {
  const byId = new Map<string, DocumentOperation[]>();
  for (const { operations } of documentsNewestFirst) {
    for (const operation of operations)
      byId.set(operation.operationId, [...(byId.get(operation.operationId) ?? []), operation]);
  }
  return [...byId.values()].flatMap(([newest, ...older]) => {
    if (newest === undefined) return [];
    return older.length === 0 ? [newest] : [newest, dice.pick(older)];
  });
}

/** A good request of the operation that takes the longest bodies. */
export function longest(target: Target, planned: readonly DocumentOperation[], dice: Dice): FuzzRequest {
  const requests = planned
    .filter(({ body }) => body?.contentType === "application/json")
    .map((operation) => requestOf(operation, validParts(operation, target.pool, dice), headersFor(target, operation)));
  const [first] = requests.toSorted((a, b) => String(b.body).length - String(a.body).length);
  if (first === undefined) throw new Error(`no operation of ${target.api.ident} takes a body`);
  return first;
}

export function headersFor({ api, headers }: Target, { version }: DocumentOperation): Record<string, string> {
  return { ...headers, ...(api.onMissing === "unversioned" ? {} : { [VERSION_HEADER]: version }) };
}

export function wrongOptions(target: Target, operation: DocumentOperation): WrongOptions {
  const { api } = target;
  const { document, path, method } = operation;
  const declared = Object.values(api.operations).find((each) => each.path === path && each.method === method);
  const limit = target.bodyLimits?.[operation.operationId] ?? declared?.bodyLimit ?? api.bodyLimit;
  return {
    unchecked: target.unchecked ?? [],
    isNewest: operation.version === api.versions.latest.semver.text,
    headers: headersFor(target, operation),
    needsCredentials: target.publicOperations?.includes(operation.operationId) === false,
    versionHeader: VERSION_HEADER,
    onMissing: api.onMissing,
    bodyLimit: limit,
    methods: document.operations.filter((each) => each.path === path).map((each) => each.method),
  };
}
