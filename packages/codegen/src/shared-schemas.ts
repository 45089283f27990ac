/**
 * Collects the schemas to enforce, addressed by content: a definition that stays the same over twenty versions of an API is
 * compiled once. Small definitions are written out where they are used, which spares calls per array entry.
 */
import { createHash } from "node:crypto";
import { toJsonSchema, type JsonSchema, type SchemaDocument } from "@racklet/api-kit/json-schema";

/** Characters of JSON up to which a definition is written out in place. */
const INLINE_LIMIT = 300;

export interface SharedSchemas {
  /** Adds a schema of a document; the answer is its id. `documentId` must differ between documents. */
  add(documentId: string, document: SchemaDocument, schema: JsonSchema): string;
  /** Everything added and what it refers to, by id. */
  readonly all: ReadonlyMap<string, JsonSchema>;
}

export function sharedSchemas(): SharedSchemas {
  const all = new Map<string, JsonSchema>();
  const references = new Map<string, (name: string) => JsonSchema>();

  const register = (schema: JsonSchema): string => {
    const id = `s${createHash("sha256").update(JSON.stringify(schema)).digest("hex").slice(0, 16)}`;
    all.set(id, schema);
    return id;
  };

  const referenceOf = (documentId: string, document: SchemaDocument): ((name: string) => JsonSchema) => {
    const done = new Map<string, JsonSchema>();
    const open = new Set<string>();
    const recursive = new Set<string>();
    const reference = (name: string): JsonSchema => {
      const known = done.get(name);
      if (known !== undefined) return known;
      // A schema that contains itself has no finite content to address: it is named after its document.
      const ownId = `r${createHash("sha256").update(`${documentId} ${name}`).digest("hex").slice(0, 16)}`;
      if (open.has(name)) {
        recursive.add(name);
        return { $ref: ownId };
      }
      const component = document.components?.schemas?.[name];
      if (component === undefined) throw new Error(`${documentId}: no component named ${name}`);
      open.add(name);
      const schema = toJsonSchema(document, component, reference);
      open.delete(name);
      let result = schema;
      if (recursive.has(name)) {
        all.set(ownId, schema);
        result = { $ref: ownId };
      } else if (JSON.stringify(schema).length > INLINE_LIMIT) result = { $ref: register(schema) };
      done.set(name, result);
      return result;
    };
    return reference;
  };

  return {
    all,
    add: (documentId, document, schema) => {
      const reference = references.get(documentId) ?? referenceOf(documentId, document);
      references.set(documentId, reference);
      const converted = toJsonSchema(document, schema, reference);
      return typeof converted["$ref"] === "string" ? converted["$ref"] : register(converted);
    },
  };
}
