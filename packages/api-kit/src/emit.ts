/**
 * The OpenAPI 3.0.3 document of one version of an API. The same declarations give the same bytes, whatever order they were
 * written in: what is published, blessed and generated from depends on nothing else.
 */
import { byCodePoint, schemaPrinter, type JsonObject } from "./emit-schema.ts";
import { printOperation } from "./emit-operation.ts";
import { ErrorBody } from "./errors.ts";
import { revisionAt, type Api, type Revision } from "./declare.ts";

const METHODS = ["GET", "PUT", "POST", "DELETE"] as const;

/** The document as text: two-space indent, one final newline. `ordinal` is the version's position in `api.versions.all`. */
export function emit(api: Api, ordinal: number): string {
  return `${JSON.stringify(emitDocument(api, ordinal), null, 2)}\n`;
}

export function emitDocument(api: Api, ordinal: number): JsonObject {
  const version = api.versions.all[ordinal];
  if (version === undefined) throw new RangeError(`${api.ident} has no version at position ${ordinal}`);
  const printer = schemaPrinter(`${api.ident} ${version.semver.text}`);
  const tags = new Set<string>();
  const operationIds = new Map<string, string>();
  const paths: Record<string, JsonObject> = {};
  for (const path of [...new Set(Object.values(api.operations).map((operation) => operation.path))].sort(byCodePoint)) {
    const item: Record<string, JsonObject> = {};
    for (const method of METHODS) {
      for (const operation of Object.values(api.operations)) {
        if (operation.path !== path || operation.method !== method) continue;
        const index = revisionAt(operation, ordinal);
        if (index < 0) continue;
        // revisionAt never points at a removal.
        const revision = operation.revisions[index] as Revision;
        refuseSecond(operationIds, revision.operationId ?? operation.operationId, `${method} ${path}`);
        for (const tag of operation.tags ?? []) tags.add(tag);
        item[method.toLowerCase()] = printOperation(operation, revision, printer);
      }
    }
    if (Object.keys(item).length > 0) paths[path] = item;
  }
  const error = printer.print(ErrorBody);
  return {
    openapi: "3.0.3",
    info: {
      title: api.title,
      description: api.description,
      contact: { url: "https://oxide.computer", email: "api@oxide.computer" },
      version: version.semver.text,
    },
    paths,
    components: {
      schemas: printer.components(),
      responses: { Error: { description: "Error", content: { "application/json": { schema: error } } } },
    },
    ...(tags.size === 0 ? {} : { tags: [...tags].sort(byCodePoint).map((name) => ({ name })) }),
  };
}

function refuseSecond(seen: Map<string, string>, operationId: string, where: string): void {
  const other = seen.get(operationId);
  if (other !== undefined) throw new Error(`operation id ${operationId} is used by ${other} and ${where}`);
  seen.set(operationId, where);
}
