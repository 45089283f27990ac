/** An independent reading of authored schemas, to compare the generated validators with: slow, obvious, shares no code with them. */
import { isIPv4, isIPv6 } from "node:net";
import type { IntegerFormat, Schema, SchemaNode } from "@racklet/api-kit/schema";

export function accepts(schema: Schema, value: unknown): boolean {
  const node = schema.node;
  switch (node.kind) {
    case "any":
      return true;
    case "null":
      return value === null;
    case "boolean":
      return value === true || value === false;
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "integer":
      return acceptsInteger(node, value);
    case "string":
      return typeof value === "string" && acceptsString(node, value);
    case "enum":
      return node.values.some((each) => each === value);
    case "array":
      return (
        Array.isArray(value) &&
        value.length >= (node.minItems ?? 0) &&
        value.length <= (node.maxItems ?? Infinity) &&
        (node.uniqueItems !== true || new Set(value.map(canonical)).size === value.length) &&
        value.every((each) => accepts(node.items, each))
      );
    case "object":
      return (
        isRecord(value) &&
        Object.entries(node.fields).every(([name, field]) =>
          value[name] === undefined ? !field.required : accepts(field.schema, value[name]),
        ) &&
        (!node.closed || Object.keys(value).every((name) => Object.hasOwn(node.fields, name)))
      );
    case "map":
      return isRecord(value) && Object.values(value).every((each) => accepts(node.values, each));
    case "union":
      return node.variants.some((variant) => accepts(variant, value));
    case "nullable":
      return value === null || accepts(node.inner, value);
    case "described":
    case "named":
      return accepts(node.inner, value);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    isRecord(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}

function acceptsInteger(node: SchemaNode & { kind: "integer" }, value: unknown): boolean {
  if (!Number.isSafeInteger(value)) return false;
  const [low, high] = range(node.format);
  const integer = BigInt(value as number);
  return (
    integer >= low &&
    integer <= high &&
    (value as number) >= (node.minimum ?? -Infinity) &&
    (value as number) <= (node.maximum ?? Infinity)
  );
}

function range(format: IntegerFormat): readonly [bigint, bigint] {
  const bits = BigInt(/\d+$/.exec(format)?.[0] ?? "64");
  return format.startsWith("u") ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

function acceptsString(node: SchemaNode & { kind: "string" }, value: string): boolean {
  const length = [...value].length;
  if (length < (node.minLength ?? 0) || length > (node.maxLength ?? Infinity)) return false;
  if (node.pattern !== undefined && !matches(node.pattern, value)) return false;
  switch (node.format) {
    case "ipv4":
      return isIPv4(value);
    case "ipv6":
      return isIPv6(value) && !value.includes("%");
    case "ip":
      return (isIPv4(value) || isIPv6(value)) && !value.includes("%");
    case "uuid":
      return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value);
    case "mac":
      return /^([0-9a-f]{0,2}:){5}[0-9a-f]{0,2}$/i.test(value);
    case "date-time":
      return acceptsTime(value);
    case "uri":
      return URL.canParse(value);
    default:
      return true;
  }
}

const HOST_NAME = "^([a-zA-Z0-9]+[a-zA-Z0-9\\-]*(?<!-))(\\.[a-zA-Z0-9]+[a-zA-Z0-9\\-]*(?<!-))*$";

// Upstream's pattern of a host name takes a backtracking engine seconds; this is what it means.
function matches(pattern: string, value: string): boolean {
  if (pattern !== HOST_NAME) return new RegExp(pattern).test(value);
  return value.split(".").every((label) => /^[a-zA-Z0-9][a-zA-Z0-9-]*$/.test(label) && !label.endsWith("-"));
}

// A day that does not exist rolls over into the next month when the platform reads it.
function acceptsTime(value: string): boolean {
  if (!/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d/.test(value) || Number.isNaN(Date.parse(value))) return false;
  const date = value.slice(0, 10);
  return new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) === date;
}
