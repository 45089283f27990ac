/**
 * A populated Nexus on a fresh database in memory, called through its apps without sockets. Answers are checked against
 * their documents: one that breaks its own is a 500. Background tasks are not started.
 */
import { responseValidators as internal } from "@racklet/api-types/gen/nexus-internal.response-validators.js";
import { responseValidators as lockstep } from "@racklet/api-types/gen/nexus-lockstep.response-validators.js";
import { responseValidators as external } from "@racklet/api-types/gen/nexus.response-validators.js";
import { realWorld, type World } from "@racklet/world";
import type { Passwords } from "../../src/authn/passwords.ts";
import { DEFAULT_CONFIG, type NexusConfig } from "../../src/config.ts";
import { createContext, type NexusContext } from "../../src/context.ts";
import { FIRST_USER, populate, PRIVILEGED_USER_ID, UNPRIVILEGED_USER_ID } from "../../src/populate/populate.ts";
import { createApps, type NexusApps } from "../../src/server.ts";
import { cheapPasswords } from "../../src/testing.ts";

/** The body as a test reads it: fields by name, without casts at every step. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed; undefined when there is none. */
  readonly body: Json;
}

export interface CallOptions {
  /** Bearer token; null for none. Default: `test-privileged`, administrator of the fleet and of `test-suite-silo`. */
  readonly token?: string | null;
  /** `api-version`; default: none, which is the newest. */
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default `external`. */
  readonly api?: keyof NexusApps;
}

export interface TestNexus {
  readonly nexus: NexusContext;
  readonly apps: NexusApps;
  readonly tokens: { readonly admin: string; readonly privileged: string; readonly unprivileged: string };
  /** `body`: an object is sent as JSON, URLSearchParams as a form, a string as JSON text as it is. */
  call(method: string, path: string, body?: object | string, options?: CallOptions): Promise<Answer>;
  /** As `call`; throws with the answer unless it is a success, and returns the body. */
  ok(method: string, path: string, body?: object | string, options?: CallOptions): Promise<Json>;
  /** Moves Nexus' clock. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export const spoof = (userId: string): string => `oxide-spoof-${userId}`;

/** `passwordsOf`: default cheap ones; what is tested about passwords wants `createPasswords`. */
export async function testNexus(
  changes: Partial<NexusConfig> = {},
  passwordsOf: (world: World) => Passwords = cheapPasswords,
): Promise<TestNexus> {
  let offset = 0;
  const real = realWorld({ name: "nexus" });
  const clock = { now: () => real.clock.now() + offset, monotonicMs: () => real.clock.monotonicMs() + offset };
  const world: World = { ...real, clock };
  const config = { ...DEFAULT_CONFIG, database: "sqlite::memory:", allowSpoof: true, ...changes };
  const nexus = await createContext(config, world, passwordsOf(world));
  await populate(nexus);
  const apps = createApps(nexus, { responseValidators: { external, internal, lockstep } });
  const { id } = await nexus.store.db
    .selectFrom("silo_user")
    .select("id")
    .where("external_id", "=", FIRST_USER)
    .executeTakeFirstOrThrow();
  const tokens = {
    admin: spoof(id),
    privileged: spoof(PRIVILEGED_USER_ID),
    unprivileged: spoof(UNPRIVILEGED_USER_ID),
  };

  const call: TestNexus["call"] = async (method, path, body, options = {}) => {
    const headers = new Headers(options.headers);
    const token = options.token === undefined ? tokens.admin : options.token;
    if (token !== null && !headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
    if (options.version !== undefined) headers.set("api-version", options.version);
    if (body !== undefined && !(body instanceof URLSearchParams)) headers.set("content-type", "application/json");
    const sent = typeof body === "string" || body instanceof URLSearchParams ? body : JSON.stringify(body);
    const init = { method, headers, ...(sent === undefined ? {} : { body: sent }) };
    const response = await apps[options.api ?? "external"].fetch(new Request(`http://nexus.test${path}`, init));
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  };

  return {
    nexus,
    apps,
    tokens,
    call,
    ok: async (method, path, body, options) => {
      const answer = await call(method, path, body, options);
      if (answer.status < 300) return answer.body;
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    },
    advance: (ms) => void (offset += ms),
    close: () => nexus.store.close(),
  };
}
