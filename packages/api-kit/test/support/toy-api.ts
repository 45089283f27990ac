/** A small API with three versions, and ways to call it without or with a socket. */
import { nullLog, realWorld, type World } from "@racklet/world";
import type { Hono } from "hono";
import {
  apiVersions,
  declare,
  defineApi,
  HttpError,
  mapPage,
  param,
  query,
  resultsPage,
  resultsPageOf,
  s,
  selectorOf,
  serveApi,
  type Api,
  type Override,
  type ResultsPage,
  type Validator,
} from "../../src/index.ts";

export const versions = apiVersions([
  [3, "LABELS"],
  [2, "COLOURS"],
  [1, "INITIAL"],
] as const);
const { V } = versions;

const ThingV1 = s.named("Thing", s.object({ size: s.u8() }));
const ThingV2 = s.named("Thing", s.object({ size: s.u8(), colour: s.string() }));
const ThingV3 = s.named("Thing", s.object({ size: s.u8(), colour: s.string(), label: s.nullish(s.string()) }));
interface V1 {
  size: number;
}
interface V2 extends V1 {
  colour: string;
}
interface V3 extends V2 {
  label?: string | null | undefined;
}
const upToV2 = (thing: V1): V2 => ({ ...thing, colour: "grey" });
const upToV3 = (thing: V2): V3 => {
  if (thing.colour === "none") throw HttpError.badRequest("colour: `none` went away");
  return { ...thing, label: null };
};
const downToV2 = ({ size, colour }: V3): V2 => ({ size, colour });
const downToV1 = ({ size }: V2): V1 => ({ size });

const put = declare({
  operationId: "thing_put",
  method: "PUT",
  path: "/things/{id}",
  summary: "Store a thing",
  params: { id: param.u16() },
  query: { loud: query.optional(param.bool()) },
  revisions: [
    { since: V.LABELS, body: ThingV3, response: ThingV3 },
    { since: V.COLOURS, body: ThingV2, response: ThingV2, up: upToV3, down: downToV2 },
    { since: V.INITIAL, body: ThingV1, response: ThingV1, status: 201, up: upToV2, down: downToV1 },
  ],
});
const list = declare({
  operationId: "thing_list",
  method: "GET",
  path: "/things",
  summary: "List things",
  query: { colour: query.optional(param.string()) },
  paginated: true,
  revisions: [
    { since: V.COLOURS, response: resultsPageOf("Thing", ThingV2) },
    {
      since: V.INITIAL,
      response: resultsPageOf("Thing", ThingV1),
      down: (page: ResultsPage<V2>) => mapPage(page, downToV1),
    },
  ],
});
const remove = declare({
  operationId: "thing_delete",
  method: "DELETE",
  path: "/things/{id}",
  summary: "Delete a thing",
  params: { id: param.u16() },
  revisions: [{ since: V.LABELS, removed: true }, { since: V.INITIAL }],
});
const legacy = declare({
  operationId: "legacy_get",
  method: "GET",
  path: "/legacy",
  summary: "Gone since COLOURS",
  revisions: [
    { since: V.COLOURS, removed: true },
    { since: V.INITIAL, response: s.string() },
  ],
});
const fail = declare({
  operationId: "fail",
  method: "POST",
  path: "/fail",
  summary: "Always fails",
  revisions: [{ since: V.INITIAL, response: s.string() }],
});

export const toyApi = (onMissing: Api["onMissing"] = "refuse") =>
  defineApi({
    ident: "toy",
    title: "Toy",
    description: "For tests",
    versions,
    onMissing,
    bodyLimit: 64,
    operations: { thing_put: put, thing_list: list, thing_delete: remove, legacy_get: legacy, fail },
  });

export interface Toy {
  app: Hono;
  things: Map<number, V3>;
  world: World;
}

const needsSize: Validator = (value) =>
  typeof value === "object" && value !== null && "size" in value ? null : { path: "", message: "missing field `size`" };

export function toy(
  options: {
    onMissing?: Api["onMissing"];
    failure?: unknown;
    overrides?: Record<string, Override<unknown>>;
    /** Answers `thing_put` by its body's digest. */
    repeat?: (digest: string) => V3 | undefined;
    /** Told the digest that the handler of `thing_put` is given. */
    onPut?: (digest: string | undefined) => void;
  } = {},
): Toy {
  const things = new Map<number, V3>();
  const { repeat } = options;
  const world = { ...realWorld({ name: "toy" }), log: nullLog };
  const app = serveApi(toyApi(options.onMissing), {
    context: {},
    world,
    ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
    ...(repeat === undefined ? {} : { repeats: { thing_put: (_, { bodyDigest }) => repeat(bodyDigest.text) } }),
    bodyValidators: { "thing_put@1.0.0": needsSize, "thing_put@2.0.0": needsSize, "thing_put@3.0.0": needsSize },
    translate: (error) =>
      error instanceof RangeError ? new HttpError(409, "Conflict", { code: "Ranges" }) : undefined,
    handlers: {
      thing_put: (_, { params, body, request }) => {
        options.onPut?.(request.bodyDigest?.text);
        things.set(params.id, body);
        return body;
      },
      thing_list: (_, { page, query: { colour } }) => {
        const after = selectorOf(page, (value): value is number => typeof value === "number") ?? -1;
        const found = [...things].filter(
          ([id, thing]) => id > after && (colour === undefined || thing.colour === colour),
        );
        const items = found.slice(0, page.limit);
        const { next_page } = resultsPage(items, ([id]) => id);
        return { items: items.map(([, thing]) => thing), next_page };
      },
      thing_delete: (_, { params }) => void things.delete(params.id),
      legacy_get: () => "old",
      fail: () => {
        throw options.failure;
      },
    },
  });
  return { app, things, world };
}

export interface Answer {
  status: number;
  body: unknown;
  headers: Headers;
}

export async function call(
  { app }: Toy,
  method: string,
  path: string,
  version: string | null = "3.0.0",
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await app.fetch(
    new Request(`http://toy${path}`, {
      method,
      headers: {
        ...(version === null ? {} : { "api-version": version }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text), headers: response.headers };
}
