/** A dpd without a socket, called through its app, with every answer checked against its document. */
import { responseValidators } from "@racklet/api-types/gen/dpd.response-validators.js";
import type { World } from "@racklet/world";
import { realWorld } from "@racklet/world";
import type { DpdConfig } from "../../../src/config.ts";
import { DEFAULT_CONFIG } from "../../../src/config.ts";
import { bringUp, createContext, type DpdContext, type DpdOverrides } from "../../../src/context.ts";
import { createApp } from "../../../src/server.ts";

export interface Answer {
  readonly status: number;
  /** Undefined for an empty body. */
  readonly body: unknown;
  readonly headers: Headers;
}

export interface CallOptions {
  /** Default 13.1.0. Null sends no header. */
  readonly version?: string | null;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Harness {
  readonly ctx: DpdContext;
  /** `call("GET /nat/ipv4")`. */
  call(operation: string, options?: CallOptions): Promise<Answer>;
  /** Everything a client can see of the tables and the groups. */
  digest(): Promise<string>;
}

export interface HarnessOptions extends DpdOverrides {
  readonly config?: Partial<DpdConfig>;
  readonly world?: World;
  /** Leaves the switch in the state `starting`. */
  readonly down?: boolean;
}

export const LATEST = "13.1.0";

export function startHarness({ config, world, down, ...overrides }: HarnessOptions = {}): Harness {
  const ctx = createContext({ ...DEFAULT_CONFIG, ...config }, world ?? realWorld({ name: "dpd/test" }), overrides);
  const app = createApp(ctx, { responseValidators });
  if (down !== true) bringUp(ctx);
  const call = async (operation: string, { version = LATEST, body, headers }: CallOptions = {}): Promise<Answer> => {
    const [method = "", path = ""] = operation.split(" ");
    const request = new Request(`http://dpd${path}`, {
      method,
      headers: {
        ...(version === null ? {} : { "api-version": version }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const response = await app.fetch(request);
    const text = await response.text();
    return {
      status: response.status,
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
      headers: response.headers,
    };
  };
  return { ctx, call, digest: () => digestOf(call) };
}

const TABLES = ["Ingress.nat_ingress.ingress_ipv4", "Ingress.nat_ingress.ingress_ipv6"];

async function digestOf(call: Harness["call"]): Promise<string> {
  const answers: Answer[] = [];
  for (const table of TABLES) answers.push(await call(`GET /table/${table}/dump?from_hardware=true`));
  const groups = await call("GET /nat/groups?limit=10000");
  answers.push(groups);
  for (const { group } of (groups.body as { items: { group: string }[] }).items) {
    answers.push(await call(`GET /nat/groups/${group}/entries?limit=10000`));
  }
  for (const path of ["/nat/ipv4", "/nat/ipv6", "/rpw/nat/gen"]) answers.push(await call(`GET ${path}`));
  // The ids of requests differ in errors.
  return JSON.stringify(answers.map(({ status, body }) => [status, status === 200 ? body : null]));
}

/** The items of all pages, in pages. */
export async function pagesOf(call: Harness["call"], path: string, query = ""): Promise<unknown[][]> {
  const pages: unknown[][] = [];
  let token = "";
  for (;;) {
    const { status, body } = await call(`GET ${path}?${query}${token}`);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    const page = body as { items: unknown[]; next_page: string | null };
    pages.push(page.items);
    if (page.next_page === null) return pages;
    token = `&page_token=${encodeURIComponent(page.next_page)}`;
  }
}
