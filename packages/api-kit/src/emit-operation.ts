/** Prints one operation, at one of its revisions, as upstream's framework would. */
import { byCodePoint, decorate, printField, type JsonObject, type SchemaPrinter } from "./emit-schema.ts";
import type { OperationInput, Revision, SuccessStatus } from "./declare.ts";
import type { Param, Params, Query, QueryParam } from "./params.ts";
import { s } from "./schema.ts";

const ERROR = { $ref: "#/components/responses/Error" };

export function printOperation(operation: OperationInput, revision: Revision, printer: SchemaPrinter): JsonObject {
  const description = revision.description ?? operation.description;
  const query = revision.query ?? operation.query ?? {};
  const parameters = [
    ...pathParameters(revision.params ?? operation.params ?? {}, printer),
    ...queryParameters(query, operation.paginated === true, printer),
  ];
  return {
    ...(operation.tags === undefined || operation.tags.length === 0 ? {} : { tags: operation.tags }),
    summary: revision.summary ?? operation.summary,
    ...(description === undefined ? {} : { description }),
    operationId: revision.operationId ?? operation.operationId,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(revision.body === undefined
      ? {}
      : { requestBody: { content: content(operation, printer.print(revision.body)), required: true } }),
    responses: responses(operation, revision, printer),
    ...(operation.paginated === true ? { "x-dropshot-pagination": { required: requiredNames(query) } } : {}),
    // What the method alone does not tell a client.
    ...(operation.idempotent === undefined || operation.idempotent === (operation.method !== "POST")
      ? {}
      : { "x-racklet-idempotent": operation.idempotent }),
  };
}

/** The status of a success where the revision names none: 204 without a response body, else 200. */
export function successStatus(revision: Revision): SuccessStatus {
  return revision.status ?? (revision.response === undefined ? 204 : 200);
}

function content(operation: OperationInput, schema: JsonObject): JsonObject {
  return { [operation.bodyType === "form" ? "application/x-www-form-urlencoded" : "application/json"]: { schema } };
}

function responses(operation: OperationInput, revision: Revision, printer: SchemaPrinter): JsonObject {
  if (operation.freeform === true) return { default: { description: "", content: { "*/*": { schema: {} } } } };
  const status = successStatus(revision);
  const body =
    revision.response === undefined
      ? {}
      : { content: { "application/json": { schema: printer.print(revision.response) } } };
  return { [status]: { description: successText(operation, status), ...body }, "4XX": ERROR, "5XX": ERROR };
}

function successText(operation: OperationInput, status: SuccessStatus): string {
  if (status === 201) return "successful creation";
  if (status === 202) return "successfully enqueued operation";
  if (status === 204) return operation.method === "DELETE" ? "successful deletion" : "resource updated";
  return "successful operation";
}

function pathParameters(params: Params, printer: SchemaPrinter): JsonObject[] {
  return names(params).map((name) =>
    parameter("path", name, params[name] as Param, { required: true }, printer.print((params[name] as Param).schema)),
  );
}

// `limit` and `page_token` sort among the scan parameters, and none is marked required: each is optional after the first page.
function queryParameters(query: Query, paginated: boolean, printer: SchemaPrinter): JsonObject[] {
  const own = names(query).map((name) => {
    const { param, required, default: fallback } = query[name] as QueryParam;
    const printed = printField({ schema: param.schema, default: fallback }, printer.print);
    const optional = !required && fallback === undefined && !("$ref" in printed);
    return parameter(
      "query",
      name,
      param,
      required && !paginated ? { required: true } : {},
      optional ? decorate(printed, { nullable: true }) : printed,
    );
  });
  if (!paginated) return own;
  const pages = [
    parameter("query", "limit", { description: "most items of one page" }, {}, LIMIT),
    parameter(
      "query",
      "page_token",
      { description: "`next_page` of the page before" },
      {},
      printer.print(s.nullable(s.string())),
    ),
  ];
  return [...own, ...pages].sort((a, b) => byCodePoint(String(a["name"]), String(b["name"])));
}

const LIMIT = { nullable: true, type: "integer", format: "uint32", minimum: 1 };

function parameter(
  where: "path" | "query",
  name: string,
  { description }: Pick<Param, "description">,
  required: { required?: true },
  schema: JsonObject,
): JsonObject {
  return { in: where, name, ...(description === undefined ? {} : { description }), ...required, schema };
}

function requiredNames(query: Query): string[] {
  return names(query).filter((name) => query[name]?.required === true);
}

const names = (record: Readonly<Record<string, unknown>>): string[] => Object.keys(record).sort(byCodePoint);
