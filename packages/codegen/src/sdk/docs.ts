/** The documentation of one entry point, in Markdown, from the descriptions in its document. */
import { listOperations, type Listed } from "../client-source.ts";
import { camelCase, type DocumentFile } from "../documents.ts";

interface SchemaObject {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly items?: SchemaObject;
  readonly allOf?: readonly SchemaObject[];
}

/** `specifier`: what the entry point is imported as, for example `@racklet/dpd-client/v13`. */
export function operationDocs(document: DocumentFile, specifier: string): string {
  const operations = listOperations(document);
  const client = `${camelCase(document.ident)}Client`;
  const versioned = document.lockstep
    ? "Its servers are always of the same build, so no version is sent."
    : `Every request says \`api-version: ${document.version}\`.`;
  return `# ${document.ident} ${document.version}

\`\`\`js
import { ${client} } from "${specifier}";
\`\`\`

${operations.length} operations. ${versioned} Types in quotation marks are members of \`Schemas\`.

${operations.map(operationSection).join("\n")}`;
}

function operationSection({ method, path, operation }: Listed): string {
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: where, required, description, schema }) =>
      `- \`${where}.${name}\`${required === true ? "" : ", optional"}: ${typeName(schema)}${description === undefined ? "" : `. ${inline(description)}`}\n`,
  );
  const body = bodyType(operation.requestBody);
  const lists = [
    ...parameters,
    ...(body === undefined ? [] : [`- \`body\`: ${body}\n`]),
    `- answers with ${answerType(operation.responses)}\n`,
    ...(operation["x-dropshot-pagination"] === undefined
      ? []
      : ["- item by item: `pages." + operation.operationId + "`\n"]),
  ];
  const texts = [operation.summary, operation.description, `\`${method} ${path}\``].filter(
    (text) => text !== undefined,
  );
  return `## ${operation.operationId}\n\n${texts.join("\n\n")}\n\n${lists.join("")}`;
}

type Contents = { readonly content?: Readonly<Record<string, { readonly schema?: SchemaObject }>> };

function bodyType(body: Contents | undefined): string | undefined {
  const [content] = Object.entries(body?.content ?? {});
  if (content === undefined) return undefined;
  const [type, { schema }] = content;
  return type === "application/json" ? typeName(schema) : `${typeName(schema)} as ${type}`;
}

function answerType(responses: Readonly<Record<string, unknown>>): string {
  const success = Object.entries(responses).find(([status]) => /^[12]\d\d$/.test(status));
  if (success === undefined) return "the `Response` itself";
  const type = bodyType(success[1] as Contents);
  return type === undefined ? `nothing (${success[0]})` : `${type} (${success[0]})`;
}

function typeName(schema: SchemaObject | undefined): string {
  const wrapped = schema?.allOf?.[0];
  if (wrapped !== undefined) return typeName(wrapped);
  if (schema?.$ref !== undefined) return `"${schema.$ref.split("/").at(-1)}"`;
  if (schema?.type === "array") return `array of ${typeName(schema.items)}`;
  const type = schema?.type ?? "anything";
  return schema?.format === undefined ? type : `${type} (${schema.format})`;
}

/** One line, beginning like a sentence: short descriptions are written without a capital. */
function inline(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.slice(0, 1).toUpperCase() + line.slice(1);
}
