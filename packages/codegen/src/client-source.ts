/**
 * The text of one client entry point: the operations of one document as an interface with their documentation, and the
 * table that the client runtime works from. All behaviour is in @racklet/client-runtime.
 */
import { camelCase, pascalCase, versionTag, type DocumentFile } from "./documents.ts";

interface ParameterObject {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: object;
}

interface OperationObject {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: object }>> };
  readonly responses: Readonly<Record<string, unknown>>;
  readonly "x-dropshot-pagination"?: unknown;
  readonly "x-racklet-idempotent"?: boolean;
}

export interface Listed {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

/** `entry`: base name of the module, beside which `<entry>.types.d.ts` lies. */
export function clientSource(document: DocumentFile, entry: string): string {
  const operations = listOperations(document);
  const base = pascalCase(document.ident);
  const suffix = document.lockstep ? "" : versionTag(document.version).slice(1).replaceAll(/\W/g, "_");
  const name = suffix === "" ? base : `${base}V${suffix}`;
  const paginated = operations.filter(isPaginated);
  const types = ["ApiClient", "Call", "ClientOptions", ...(document.lockstep ? [] : ["ClientVersion"]), "PagesCall"];
  const imports = ["createApiClient", ...types.map((each) => `type ${each}`)];
  return `/** Generated from ${document.path}: the client of ${document.ident} ${document.version}. */
import { ${imports.join(", ")} } from "@racklet/client-runtime";
import type { components, operations } from "./${entry}.types.js";

export {
  ApiError,
  ClientError,
  connect,
  ConnectionError,
  NoCommonVersionError,
  ProtocolError,
  supportedVersions,
  UnsupportedVersionError,
  type CallOptions,
  type ClientOptions,
  type ClientVersion,
  type Connection,
  type ConnectionOf,
} from "@racklet/client-runtime";

/** The wire types of this version, by name. */
export type Schemas = components["schemas"];
export type { components, operations };

/** Sent with every request of this client. */
export const API_VERSION = ${JSON.stringify(document.version)};

export interface ${name}Operations {
${operations.map((each) => `${docComment(each)}  readonly ${each.operation.operationId}: Call<operations["${each.operation.operationId}"]>;\n`).join("")}}

export interface ${name}Pages {
${paginated.map((each) => `${docComment(each)}  readonly ${each.operation.operationId}: PagesCall<operations["${each.operation.operationId}"]>;\n`).join("")}}

export type ${name}Client = ApiClient<${name}Operations, ${name}Pages>;
${name === base ? "" : `export type ${base}Client = ${name}Client;\n`}
const definition = {
  service: ${JSON.stringify(document.ident)},
  version: ${document.lockstep ? "null" : "API_VERSION"},
  operations: {
${operations.map((each) => `    ${each.operation.operationId}: ${tableEntry(each)},\n`).join("")}  },
} as const;

export function ${camelCase(document.ident)}Client(options: ClientOptions): ${name}Client {
  return createApiClient<${name}Operations, ${name}Pages>(definition, options);
}
${document.lockstep ? "" : versionSource(document, name)}`;
}

/** What `connect` chooses from. */
function versionSource({ ident, version }: DocumentFile, name: string): string {
  return `
/** This version, for \`connect({ baseUrl, versions: [...] })\`. */
export const ${versionTag(version).replaceAll(".", "_")}: ClientVersion<typeof API_VERSION, ${name}Client> = {
  service: ${JSON.stringify(ident)},
  version: API_VERSION,
  create: ${camelCase(ident)}Client,
};
`;
}

/** In the order of their names. */
export function listOperations(document: DocumentFile): Listed[] {
  const { paths } = JSON.parse(document.text) as { paths: Record<string, Record<string, OperationObject>> };
  return Object.entries(paths)
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    )
    .sort((a, b) => (a.operation.operationId < b.operation.operationId ? -1 : 1));
}

const isPaginated = ({ operation }: Listed): boolean => operation["x-dropshot-pagination"] !== undefined;

function tableEntry(listed: Listed): string {
  const { method, path, operation } = listed;
  const success = Object.keys(operation.responses).find((status) => /^2\d\d$/.test(status));
  const idempotent = operation["x-racklet-idempotent"] ?? method !== "POST";
  const form = operation.requestBody?.content["application/x-www-form-urlencoded"] !== undefined;
  return [
    `{ method: "${method}", path: ${JSON.stringify(path)}, success: ${success ?? "null"}`,
    ...(idempotent ? ["idempotent: true"] : []),
    ...(isPaginated(listed) ? ["paginated: true"] : []),
    ...(form ? ["form: true"] : []),
  ]
    .join(", ")
    .concat(" }");
}

function docComment({ method, path, operation }: Listed): string {
  const lines = [operation.summary, operation.description, `\`${method} ${path}\``]
    .filter((text) => text !== undefined)
    .join("\n\n")
    .replaceAll("*/", "*\\/")
    .split("\n");
  return `  /**\n${lines.map((line) => `   *${line === "" ? "" : ` ${line}`}\n`).join("")}   */\n`;
}
