/** Compiles schemas to one ES module of validators that needs neither ajv nor a compiler at run time. */
import { Ajv, _, type AnySchemaObject } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import type { JsonSchema } from "@racklet/api-kit/json-schema";
import * as formats from "@racklet/api-kit/json-schema-formats";

const FORMATS = { ...pickFormats(), "date-time": formats.dateTime };

function pickFormats(): Record<string, (text: string) => boolean> {
  const { ip, ipv4, ipv6, mac, uri, uuid } = formats;
  return { ip, ipv4, ipv6, mac, uri, uuid };
}

const HEADER = `import { codePoints, dateTime, ip, ipv4, ipv6, jsonEqual, mac, uri, uuid } from "@racklet/api-kit/json-schema-formats";
import { validatorOf } from "@racklet/api-kit/json-schema-issue";
const formats = { "date-time": dateTime, ip, ipv4, ipv6, mac, uri, uuid };
`;

/** `entries`: validator key to schema id. The module exports them under `exportName` as a record of Validators. */
export function compileModule(
  exportName: string,
  schemas: ReadonlyMap<string, JsonSchema>,
  entries: ReadonlyMap<string, string>,
): string {
  const ajv = new Ajv({
    allErrors: false,
    code: { source: true, esm: true, lines: true, formats: _`formats` },
    discriminator: true,
    formats: FORMATS,
    inlineRefs: false,
    messages: false,
    meta: false,
    strict: false,
    // Upstream's patterns are written for Rust and Perl, which allow escapes that the "u" flag refuses.
    unicodeRegExp: false,
    validateSchema: false,
  });
  for (const [id, schema] of schemas) ajv.addSchema(schema as AnySchemaObject, id);
  const roots = [...new Set(entries.values())].sort();
  // The typings of this CommonJS module put the function under `default` of itself.
  const code = (standalone as unknown as typeof standalone.default)(
    ajv,
    Object.fromEntries(roots.map((id) => [`check_${id}`, id])),
  );
  const record = [...entries].map(([key, id]) => `  ${JSON.stringify(key)}: validatorOf(check_${id}),\n`).join("");
  return `${HEADER}${withoutImports(code)}\nexport const ${exportName} = {\n${record}};\n`;
}

// Standalone code still asks CommonJS for two helpers; ours stand in for them.
function withoutImports(code: string): string {
  const replaced = code
    .replace(/^"use strict";/, "")
    .replaceAll(/^export const /gm, "const ")
    .replaceAll(/require\("ajv\/dist\/runtime\/ucs2length"\)\.default/g, "codePoints")
    .replaceAll(/require\("ajv\/dist\/runtime\/equal"\)\.default/g, "jsonEqual");
  const left = /require\([^)]*\)/.exec(withoutStrings(replaced));
  if (left !== null) throw new Error(`generated validators would need ${left[0]}`);
  return withoutUnused(replaced);
}

function withoutStrings(code: string): string {
  return code.replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""').replaceAll(/\brequire\(""\)/g, "require(a module)");
}

// Schema literals that no check reads would only cost start-up time.
function withoutUnused(code: string): string {
  return code.replaceAll(/^const (schema\d+) = .*;$\n?/gm, (line, name: string) =>
    code.split(new RegExp(`\\b${name}\\b`)).length > 2 ? line : "",
  );
}
