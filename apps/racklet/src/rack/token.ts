/** A token of the first user: the one of the last start while it works, otherwise one from the device flow. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiError, nexusClient, type NexusClient } from "@racklet/nexus-client";
import type { World } from "@racklet/world";
import { Failure } from "../failure.ts";
import { SILO, USER } from "./first-user.ts";

const TOKEN_FILE = "token";
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const DEADLINE_MS = 10_000;

export interface TokenOptions {
  readonly world: World;
  /** Nexus' external API. */
  readonly url: string;
  readonly dir: string;
  readonly password: string;
  readonly signal: AbortSignal;
}

/** Throws Failure when the password is not the one the data has. */
export async function obtainToken(options: TokenOptions): Promise<string> {
  const stored = readToken(options.dir);
  if (stored !== undefined && (await works(stored, options))) return stored;
  const cookie = await login(options);
  const session = client(options, { cookie });
  const token = await grantToken(session, options);
  await session.logout({}, callOptions(options));
  const path = join(options.dir, TOKEN_FILE);
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  // The mode above is only for a new file.
  chmodSync(path, 0o600);
  return token;
}

function client({ url, world }: TokenOptions, headers: Readonly<Record<string, string>>): NexusClient {
  return nexusClient({ baseUrl: url, world, headers });
}

function callOptions({ signal }: TokenOptions): { signal: AbortSignal; deadlineMs: number } {
  return { signal, deadlineMs: DEADLINE_MS };
}

function readToken(dir: string): string | undefined {
  try {
    const text = readFileSync(join(dir, TOKEN_FILE), "utf8").trim();
    return text === "" ? undefined : text;
  } catch {
    // None yet, or not readable: a new one takes its place.
    return undefined;
  }
}

async function works(token: string, options: TokenOptions): Promise<boolean> {
  const { ok, ...rest } = await client(options, { authorization: `Bearer ${token}` }).safe.current_user_view(
    {},
    callOptions(options),
  );
  if (ok) return true;
  if ("error" in rest && rest.error instanceof ApiError && rest.error.status === 401) return false;
  throw "error" in rest ? rest.error : new Error("no answer");
}

/** The session's cookie, which a generated client has no place for in its answer. */
async function login(options: TokenOptions): Promise<string> {
  const { url, world, password, signal } = options;
  const response = await world.fetch(
    new Request(`${url}/v1/login/${SILO}/local`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: USER, password }),
      signal,
    }),
  );
  await response.body?.cancel();
  if (response.status === 401) {
    throw new Failure(
      `${USER} of ${SILO} has another password in ${options.dir}: give it with --password, or begin again with --fresh`,
    );
  }
  const [cookie] = response.headers.getSetCookie()[0]?.split(";") ?? [];
  if (response.status !== 204 || cookie === undefined) {
    throw new Error(`logging in as ${USER} was answered with status ${response.status}`);
  }
  return cookie;
}

async function grantToken(session: NexusClient, options: TokenOptions): Promise<string> {
  const id = options.world.ids.uuid();
  const started = await session.device_auth_request({ body: { client_id: id } }, callOptions(options));
  const codes = (await started.json()) as { device_code: string; user_code: string };
  await session.device_auth_confirm({ body: { user_code: codes.user_code } }, callOptions(options));
  const granted = await session.device_access_token(
    { body: { grant_type: GRANT, device_code: codes.device_code, client_id: id } },
    callOptions(options),
  );
  const { access_token: token } = (await granted.json()) as { access_token?: unknown };
  if (typeof token !== "string") throw new Error("the device flow gave no token");
  return token;
}
