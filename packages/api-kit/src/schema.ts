/**
 * The schema language of the API declarations. A schema is data that prints as OpenAPI 3.0.3 the way upstream's framework
 * prints it, and carries its TypeScript type. It describes shapes only: no defaults are applied, nothing is coerced, and
 * rules across fields live in domain code. What is enforced at run time is generated from the emitted documents.
 */

declare const typeOf: unique symbol;

export interface Schema<T = unknown> {
  readonly node: SchemaNode;
  readonly [typeOf]?: T;
}

/** The value type of a schema. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

export interface Field<T = unknown> {
  readonly schema: Schema<T>;
  readonly required: boolean;
  readonly default?: unknown;
}

export interface OptionalField<T> extends Field<T> {
  readonly required: false;
}

export type SchemaNode =
  | { readonly kind: "any" }
  | { readonly kind: "null" }
  | { readonly kind: "boolean" }
  | { readonly kind: "number"; readonly format: "float" | "double" }
  | { readonly kind: "integer"; readonly format: IntegerFormat; readonly minimum?: number; readonly maximum?: number }
  | {
      readonly kind: "string";
      readonly format?: StringFormat;
      readonly pattern?: string;
      readonly minLength?: number;
      readonly maxLength?: number;
    }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | {
      readonly kind: "array";
      readonly items: Schema;
      readonly uniqueItems?: boolean;
      readonly minItems?: number;
      readonly maxItems?: number;
    }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, Field>>; readonly closed: boolean }
  | { readonly kind: "map"; readonly values: Schema }
  | { readonly kind: "union"; readonly style: "oneOf" | "anyOf"; readonly variants: readonly Schema[] }
  | { readonly kind: "nullable"; readonly inner: Schema }
  | { readonly kind: "described"; readonly inner: Schema; readonly description: string }
  | { readonly kind: "named"; readonly name: string; readonly inner: Schema };

export type IntegerFormat =
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "uint128"
  | "uint"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "int";
export type StringFormat = "ip" | "ipv4" | "ipv6" | "uuid" | "date-time" | "mac" | "binary" | "uri" | "hex string";

type Shape = Readonly<Record<string, Schema | OptionalField<unknown>>>;
type RequiredKeys<F> = { [K in keyof F]: F[K] extends OptionalField<unknown> ? never : K }[keyof F];
type OptionalKeys<F> = { [K in keyof F]: F[K] extends OptionalField<unknown> ? K : never }[keyof F];
type FieldType<F> = F extends Field<infer T> ? T : F extends Schema<infer T> ? T : never;
type Flatten<T> = { [K in keyof T]: T[K] };
/** The object type of a shape. Optional fields admit `undefined`, which JSON leaves out. */
export type ObjectOf<F> = Flatten<
  { -readonly [K in RequiredKeys<F>]: FieldType<F[K]> } & {
    -readonly [K in OptionalKeys<F>]?: FieldType<F[K]> | undefined;
  }
>;

const make = <T>(node: SchemaNode): Schema<T> => ({ node });
const unsigned = (format: IntegerFormat): Schema<number> => make({ kind: "integer", format, minimum: 0 });

function toField(entry: Schema | OptionalField<unknown>): Field {
  return "schema" in entry ? entry : { schema: entry, required: true };
}

function objectNode(shape: Shape, closed: boolean): SchemaNode {
  return {
    kind: "object",
    closed,
    fields: Object.fromEntries(Object.entries(shape).map(([name, entry]) => [name, toField(entry)])),
  };
}

export const s = {
  any: (): Schema<unknown> => make({ kind: "any" }),
  null: (): Schema<null> => make({ kind: "null" }),
  boolean: (): Schema<boolean> => make({ kind: "boolean" }),
  float: (): Schema<number> => make({ kind: "number", format: "float" }),
  double: (): Schema<number> => make({ kind: "number", format: "double" }),
  u8: () => unsigned("uint8"),
  u16: () => unsigned("uint16"),
  u32: () => unsigned("uint32"),
  /** Values above 2^53 - 1 are refused: JSON numbers in JavaScript cannot carry them. */
  u64: () => unsigned("uint64"),
  uint: () => unsigned("uint"),
  i16: (): Schema<number> => make({ kind: "integer", format: "int16" }),
  i32: (): Schema<number> => make({ kind: "integer", format: "int32" }),
  i64: (): Schema<number> => make({ kind: "integer", format: "int64" }),
  integer: (format: IntegerFormat, bounds: { minimum?: number; maximum?: number } = {}): Schema<number> =>
    make({ kind: "integer", format, ...bounds }),
  string: (limits: { pattern?: string; minLength?: number; maxLength?: number } = {}): Schema<string> =>
    make({ kind: "string", ...limits }),
  uuid: (): Schema<string> => make({ kind: "string", format: "uuid" }),
  ip: (): Schema<string> => make({ kind: "string", format: "ip" }),
  ipv4: (): Schema<string> => make({ kind: "string", format: "ipv4" }),
  ipv6: (): Schema<string> => make({ kind: "string", format: "ipv6" }),
  dateTime: (): Schema<string> => make({ kind: "string", format: "date-time" }),
  format: (format: StringFormat): Schema<string> => make({ kind: "string", format }),
  enum: <const V extends readonly string[]>(values: V): Schema<V[number]> => make({ kind: "enum", values }),
  literal: <const V extends string>(value: V): Schema<V> => make({ kind: "enum", values: [value] }),
  array: <T>(
    items: Schema<T>,
    limits: { uniqueItems?: boolean; minItems?: number; maxItems?: number } = {},
  ): Schema<T[]> => make({ kind: "array", items, ...limits }),
  /** Unknown fields are ignored, as upstream does in general. */
  object: <const F extends Shape>(shape: F): Schema<ObjectOf<F>> => make(objectNode(shape, false)),
  /** Unknown fields are refused. */
  closed: <const F extends Shape>(shape: F): Schema<ObjectOf<F>> => make(objectNode(shape, true)),
  map: <T>(values: Schema<T>): Schema<Record<string, T>> => make({ kind: "map", values }),
  oneOf: <const V extends readonly Schema[]>(variants: V): Schema<Infer<V[number]>> =>
    make({ kind: "union", style: "oneOf", variants }),
  anyOf: <const V extends readonly Schema[]>(variants: V): Schema<Infer<V[number]>> =>
    make({ kind: "union", style: "anyOf", variants }),
  nullable: <T>(inner: Schema<T>): Schema<T | null> => make({ kind: "nullable", inner }),
  described: <T>(description: string, inner: Schema<T>): Schema<T> => make({ kind: "described", inner, description }),
  /** Becomes `#/components/schemas/<name>`. One name means one shape within a document. */
  named: <T>(name: string, inner: Schema<T>, description?: string): Schema<T> =>
    make({
      kind: "named",
      name,
      inner: description === undefined ? inner : make({ kind: "described", inner, description }),
    }),
  /** A field that may be absent. `defaultValue` is only documented; applying it is the domain's business. */
  optional: <T>(schema: Schema<T>, defaultValue?: unknown): OptionalField<T> =>
    defaultValue === undefined ? { schema, required: false } : { schema, required: false, default: defaultValue },
  /** A field that may be absent or null, as upstream's optional fields are. */
  nullish: <T>(schema: Schema<T>): OptionalField<T | null> => ({
    schema: make<T | null>({ kind: "nullable", inner: schema }),
    required: false,
  }),
};

/** The fields of an object schema, to build a variation of it in another version. */
export function fieldsOf(schema: Schema): Readonly<Record<string, Field>> {
  let node = schema.node;
  while (node.kind === "named" || node.kind === "described") node = node.inner.node;
  if (node.kind !== "object") throw new Error(`fieldsOf: not an object schema but ${node.kind}`);
  return node.fields;
}
