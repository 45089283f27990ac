/** A small client as the generator would write it, a fetch under the test's control, and virtual time. */
import { createServer } from "node:http";
import { VirtualClock } from "@racklet/sim";
import { nullLog } from "@racklet/world";
import { createApiClient, type Call, type ClientOptions, type ClientWorld, type PagesCall } from "../src/index.ts";

interface Item {
  name: string;
}
interface GetOp {
  parameters: { path: { id: string }; query?: { tag?: string[]; verbose?: boolean | null } };
  responses: { 200: { content: { "application/json": Item } } };
}
interface PutOp {
  parameters: { path: { id: string }; query?: never };
  requestBody: { content: { "application/json": Item } };
  responses: { 204: { content?: never } };
}
interface CreateOp {
  parameters: { query?: never; path?: never };
  requestBody: { content: { "application/json": Item } };
  responses: { 201: { content: { "application/json": Item } } };
}
interface LoginOp {
  parameters: { query?: never; path?: never };
  requestBody: { content: { "application/x-www-form-urlencoded": { user: string; ttl?: number } } };
  responses: { default: { content: { "*/*": unknown } } };
}
interface ListOp {
  parameters: { query?: { limit?: number | null; page_token?: string | null; tag?: string }; path?: never };
  responses: { 200: { content: { "application/json": { items: Item[]; next_page?: string | null } } } };
}
interface ResetOp {
  parameters: { query?: never; path?: never };
  requestBody?: never;
  responses: { 204: { content?: never } };
}
interface Operations {
  readonly item_get: Call<GetOp>;
  readonly item_put: Call<PutOp>;
  readonly item_create: Call<CreateOp>;
  readonly item_list: Call<ListOp>;
  readonly item_reset: Call<ResetOp>;
  readonly login: Call<LoginOp>;
}
interface Pages {
  readonly item_list: PagesCall<ListOp>;
}

const definition = {
  service: "toy",
  version: "3.0.0",
  operations: {
    item_get: { method: "GET", path: "/items/{id}", success: 200, idempotent: true },
    item_put: { method: "PUT", path: "/items/{id}", success: 204, idempotent: true },
    item_create: { method: "POST", path: "/items", success: 201 },
    item_list: { method: "GET", path: "/items", success: 200, idempotent: true, paginated: true },
    item_reset: { method: "DELETE", path: "/items", success: 204, idempotent: true },
    login: { method: "POST", path: "/login", success: null, form: true },
  },
} as const;

export type Answer = (request: Request, attempt: number) => Response | Promise<Response>;

export function toy(answer: Answer, options: Partial<ClientOptions> = {}) {
  const clock = new VirtualClock({ seed: 1 });
  const requests: Request[] = [];
  const delays: number[] = [];
  const own = world(clock, async (request) => {
    requests.push(request.clone());
    return answer(request, requests.length);
  });
  const timers: ClientWorld["timers"] = {
    ...own.timers,
    sleep: (ms, signal) => {
      delays.push(ms);
      return own.timers.sleep(ms, signal);
    },
  };
  const given = { baseUrl: "http://toy.test", world: { ...own, timers }, ...options };
  const client = createApiClient<Operations, Pages>(definition, given);
  return { client, clock, requests, delays };
}

/** Virtual time and a network of the test's own. */
export function world(clock: VirtualClock, fetch: ClientWorld["fetch"]): ClientWorld {
  const random = { next: () => 0.5, bytes: (length: number) => new Uint8Array(length) };
  return { clock, log: nullLog, random, timers: clock.timers("test"), fetch };
}

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });

export const failure = (status: number, message: string, code?: string): Response =>
  json({ request_id: "r-1", message, ...(code === undefined ? {} : { error_code: code }) }, status);

/** As Node's fetch fails. */
export const broken = (code: string): TypeError =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(code.toLowerCase()), { code }) });

/** A port of this machine on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}
