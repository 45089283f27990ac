/** The conversions of query parameters, which see the body of their version too: what is in the query now may have been there. */
import type { Api, OperationInput } from "@racklet/api-kit/declare";
import type { Query } from "@racklet/api-kit/params";
import type { SchemaDocument } from "@racklet/api-kit/json-schema";
import { schemaPrinter } from "@racklet/api-kit/emit-schema";
import fc from "fast-check";
import { valuesOf } from "../../fuzz/support/arbitrary.ts";
import { createPool } from "../../fuzz/support/pool.ts";

export interface OldRequest {
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export interface QueryConversion {
  readonly what: string;
  readonly values: fc.Arbitrary<OldRequest>;
  readonly toNewer: (request: OldRequest) => unknown;
  /** What the newer version would not take of the converted query. */
  readonly fault: (newer: unknown) => string | undefined;
}

const NOTHING_KNOWN = createPool({});

export function queryConversionsOf(api: Api): QueryConversion[] {
  return Object.values<OperationInput>(api.operations).flatMap((operation) =>
    operation.revisions.flatMap((revision, i): QueryConversion[] => {
      const newer = operation.revisions[i - 1];
      if (revision.removed === true || revision.upQuery === undefined || newer === undefined || newer.removed === true)
        return [];
      const versionOf = (since: number): string => api.versions.all[since]?.semver.text ?? "";
      const what = `${api.ident} ${operation.operationId} ${versionOf(revision.since)} → ${versionOf(newer.since)}`;
      const printer = schemaPrinter(what);
      const query = revision.query ?? operation.query ?? {};
      const schemas = Object.entries(query).map(([name, { param }]) => [name, printer.print(param.schema)] as const);
      const body = revision.body === undefined ? undefined : printer.print(revision.body);
      const document: SchemaDocument = { components: { schemas: printer.components() } };
      const values = fc.record({
        query: fc.record(
          Object.fromEntries(schemas.map(([name, schema]) => [name, valuesOf(document, schema, NOTHING_KNOWN, name)])),
          { requiredKeys: Object.keys(query).filter((name) => query[name]?.required === true) },
        ),
        body: body === undefined ? fc.constant(undefined) : valuesOf(document, body, NOTHING_KNOWN),
      });
      // Declared for the query and the body of this very revision.
      const up = revision.upQuery as (query: unknown, body: unknown) => unknown;
      const wanted = newer.query ?? operation.query ?? {};
      return [{ what, values, toNewer: (old) => up(old.query, old.body), fault: (made) => faultOf(wanted, made) }];
    }),
  );
}

function faultOf(wanted: Query, made: unknown): string | undefined {
  if (typeof made !== "object" || made === null) return "it is no object";
  const values: Readonly<Record<string, unknown>> = { ...made };
  for (const [name, { param, required }] of Object.entries(wanted)) {
    const value = values[name];
    if (value === undefined || value === null) {
      if (required) return `${name} is missing`;
      continue;
    }
    const parsed = param.parse(String(value));
    if (!parsed.ok) return `${name}: ${parsed.reason}`;
  }
  const surplus = Object.keys(values).filter((name) => !(name in wanted));
  return surplus.length === 0 ? undefined : `nothing takes ${surplus.join(", ")}`;
}
