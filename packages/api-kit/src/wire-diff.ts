/**
 * What changed on the wire between two documents, and for whom. "Additive" is still a change: a server of an earlier build
 * claims the same version without it, so only trivial changes leave a published document alone.
 */
import type { JsonSchema } from "./json-schema.ts";
import { schemaDiff, type Direction } from "./wire-diff-schema.ts";

/** From harmless to worst; `breaking` hits both sides. */
export type ChangeClass = "trivial" | "additive" | "request-breaking" | "response-breaking" | "breaking";

export interface Change {
  readonly class: ChangeClass;
  /** For example `PUT /nat/ipv4/{} body.target.vni`. */
  readonly at: string;
  readonly message: string;
}

interface Media {
  readonly [type: string]: { readonly schema?: JsonSchema };
}
interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}
interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Media;
}
interface OperationObject {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Media; readonly required?: boolean };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly [key: string]: unknown;
}
export interface WireDocument {
  readonly info?: unknown;
  readonly paths?: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, JsonSchema>>;
    readonly responses?: Readonly<Record<string, Answer>>;
  };
}

/** Every difference, operation by operation; a difference in a type that several places share is told once per direction. */
export function wireDiff(before: WireDocument, after: WireDocument): Change[] {
  const changes: Change[] = [];
  const report = (kind: ChangeClass, at: string, message: string) => changes.push({ class: kind, at, message });
  const schemas = schemaDiff(before, after, report);
  const a = operationsOf(before);
  const b = operationsOf(after);
  for (const [key, operation] of a) {
    const other = b.get(key);
    if (other === undefined) report("breaking", key, "operation removed");
    else diffOperation(key, operation, other);
  }
  for (const key of b.keys()) if (!a.has(key)) report("additive", key, "operation added");
  if (!same(before.info, after.info)) report("trivial", "info", "title, description or version changed");
  const names = (document: WireDocument) => Object.keys(document.components?.schemas ?? {}).sort();
  if (!same(names(before), names(after))) report("trivial", "components", "names of types changed");
  return changes;

  function diffOperation(key: string, left: Located, right: Located): void {
    const { operation: x } = left;
    const { operation: y } = right;
    // Clients name their methods after it.
    if (x.operationId !== y.operationId) {
      report("breaking", key, `operation id ${String(x.operationId)} → ${String(y.operationId)}`);
    }
    if (["summary", "description", "tags", "deprecated"].some((name) => !same(x[name], y[name]))) {
      report("trivial", key, "documentation changed");
    }
    for (const name of extensionsOf(x, y)) {
      if (same(x[name], y[name])) continue;
      report(name.startsWith("x-dropshot-") ? "breaking" : "trivial", key, `${name} changed`);
    }
    diffParameters(key, parametersOf(left), parametersOf(right));
    diffBody(key, x, y);
    diffResponses(key, x.responses, y.responses);
  }

  function diffParameters(
    key: string,
    left: ReadonlyMap<string, Parameter>,
    right: ReadonlyMap<string, Parameter>,
  ): void {
    for (const [id, parameter] of left) {
      const at = `${key} ${id}`;
      const other = right.get(id);
      if (other === undefined) {
        report("breaking", at, "parameter removed");
        continue;
      }
      if (parameter.required !== true && other.required === true) report("request-breaking", at, "became required");
      if (parameter.required === true && other.required !== true) report("additive", at, "became optional");
      if (parameter.name !== other.name || parameter.description !== other.description) {
        report("trivial", at, "name or description changed");
      }
      schemas(parameter.schema, other.schema, at, "request");
    }
    for (const [id, parameter] of right) {
      if (left.has(id)) continue;
      const kind = parameter.required === true ? "request-breaking" : "additive";
      report(kind, `${key} ${id}`, `${parameter.required === true ? "required" : "optional"} parameter added`);
    }
  }

  function diffBody(key: string, x: OperationObject, y: OperationObject): void {
    const left = x.requestBody;
    const right = y.requestBody;
    if (left === undefined && right === undefined) return;
    if (left === undefined || right === undefined) {
      report(
        left === undefined ? "request-breaking" : "breaking",
        `${key} body`,
        left === undefined ? "body added" : "body removed",
      );
      return;
    }
    diffMedia(`${key} body`, left.content, right.content, "request");
  }

  function diffResponses(key: string, x: OperationObject["responses"], y: OperationObject["responses"]): void {
    for (const status of new Set([...Object.keys(x), ...Object.keys(y)])) {
      const at = `${key} ${status}`;
      const left = answerOf(before, x[status]);
      const right = answerOf(after, y[status]);
      if (left === undefined || right === undefined) {
        report("response-breaking", at, left === undefined ? "status added" : "status removed");
        continue;
      }
      if (left.description !== right.description) report("trivial", at, "description changed");
      diffMedia(at, left.content ?? {}, right.content ?? {}, "response");
    }
  }

  function diffMedia(at: string, x: Media, y: Media, direction: Direction): void {
    for (const type of new Set([...Object.keys(x), ...Object.keys(y)])) {
      const left = x[type];
      const right = y[type];
      if (left === undefined || right === undefined) {
        report("breaking", at, `content type ${type} ${left === undefined ? "added" : "removed"}`);
      } else schemas(left.schema ?? {}, right.schema ?? {}, at, direction);
    }
  }
}

/** Whether two documents mean the same to every client and server. */
export function wireEqual(before: WireDocument, after: WireDocument): boolean {
  return wireDiff(before, after).every((change) => change.class === "trivial");
}

interface Located {
  readonly path: string;
  readonly operation: OperationObject;
}

// Names of path variables are not on the wire.
function operationsOf(document: WireDocument): Map<string, Located> {
  const operations = new Map<string, Located>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item)) {
      operations.set(`${method.toUpperCase()} ${path.replaceAll(/\{[^}]+\}/g, "{}")}`, { path, operation });
    }
  }
  return operations;
}

// Path parameters by their place in the path, the others by name.
function parametersOf({ path, operation }: Located): Map<string, Parameter> {
  const variables = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
  return new Map(
    (operation.parameters ?? []).map((each) => [
      each.in === "path" ? `path ${variables.indexOf(each.name) + 1}` : `${each.in} ${each.name}`,
      each,
    ]),
  );
}

function answerOf(document: WireDocument, answer: Answer | undefined): Answer | undefined {
  const name = answer?.$ref?.split("/").at(-1);
  return name === undefined ? answer : document.components?.responses?.[name];
}

function extensionsOf(...operations: readonly OperationObject[]): Set<string> {
  return new Set(operations.flatMap((operation) => Object.keys(operation).filter((name) => name.startsWith("x-"))));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
