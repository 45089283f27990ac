import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RequestInfo } from "@racklet/api-kit";
import { nexusApi } from "@racklet/api-types/nexus/api";
import { externalHandlers, UNAUTHENTICATED } from "../src/http/external.ts";
import { PRIVILEGED_USER_ID } from "../src/populate/populate.ts";
import { createPasswords } from "../src/authn/passwords.ts";
import { spoof, testNexus, type TestNexus } from "./support/nexus.ts";

let rack: TestNexus;
beforeAll(async () => {
  rack = await testNexus({ sessionIdleMs: 3_600_000, sessionMaxAgeMs: 7_200_000 }, createPasswords);
});
afterAll(() => rack.close());

const LOGIN = "/v1/login/test-suite-silo/local";
const GOOD = { username: "test-privileged", password: "oxide" };
const NOBODY = { token: null } as const;

async function loggedIn(): Promise<{ headers: { cookie: string }; token: null }> {
  const { headers } = await rack.call("POST", LOGIN, GOOD, NOBODY);
  const cookie = headers.get("set-cookie")?.split(";")[0] ?? "";
  return { headers: { cookie }, token: null };
}

describe("who may call", () => {
  const guarded = Object.keys(nexusApi.operations).filter((id) => !UNAUTHENTICATED.has(id));

  test("there are guarded operations, and every open one exists", () => {
    expect(guarded.length).toBeGreaterThan(30);
    for (const id of UNAUTHENTICATED) expect(nexusApi.operations).toHaveProperty(id);
  });

  test.each(guarded)("%s is refused without credentials before its handler runs", async (id) => {
    const request = { header: () => undefined, log: rack.nexus.world.log, id: "r", url: "http://nexus.test/" };
    const input = { params: {}, query: {}, body: {}, page: { limit: 1, selector: undefined }, request };
    const handler = externalHandlers[id as keyof typeof externalHandlers] as unknown as (
      nexus: unknown,
      input: { request: Partial<RequestInfo> },
    ) => Promise<unknown>;
    // A context that cannot be used: whatever touched it would fail in another way.
    await expect(handler({ config: { allowSpoof: true } }, input)).rejects.toMatchObject({ kind: "unauthenticated" });
  });

  test("an unknown path is not found, whoever asks", async () => {
    const answer = await rack.call("GET", "/v1/no-such-thing", undefined, NOBODY);
    expect(answer).toMatchObject({ status: 404, body: { message: "Not Found" } });
    expect(answer.body.error_code).toBeUndefined();
  });

  test.each([
    ["no such scheme", { authorization: "Basic eA==" }],
    ["an unknown token", { authorization: "Bearer oxide-token-0000" }],
    ["an unknown session", { cookie: "a=b; session=0000" }],
    ["spoofed unknown actor", { authorization: "Bearer oxide-spoof-Jack-Donaghy" }],
    ["spoofed bad credentials", { authorization: "Bearer oxide-spoof-this-fake-ID-it-is-truly-excellent" }],
    [
      "a spoofed user that does not exist",
      { authorization: `Bearer ${spoof("11111111-1111-4111-8111-111111111111")}` },
    ],
  ])("%s is 401 with upstream's body", async (_, headers) => {
    const { status, body, headers: answered } = await rack.call("GET", "/v1/me", undefined, { headers, token: null });
    expect(status).toBe(401);
    expect(body).toEqual({
      request_id: answered.get("x-request-id"),
      error_code: "Unauthorized",
      message: "credentials missing or invalid",
    });
  });

  test("a spoofed actor that is no UUID is 400", async () => {
    expect((await rack.call("GET", "/v1/me", undefined, { token: "oxide-spoof-me" })).status).toBe(400);
  });

  test("spoofing works only where it is allowed", async () => {
    const strict = await testNexus({ allowSpoof: false });
    const answer = await strict.call("GET", "/v1/me", undefined, { token: spoof(PRIVILEGED_USER_ID) });
    expect(answer.status).toBe(401);
    await strict.close();
  });

  test("a bad session decides although a good token is sent too", async () => {
    const token = (await grantToken()).access_token;
    const headers = { cookie: "session=0000" };
    expect((await rack.call("GET", "/v1/me", undefined, { token, headers })).status).toBe(401);
  });
});

describe("password login", () => {
  test("sets the session cookie that the console expects", async () => {
    const { status, headers } = await rack.call("POST", LOGIN, GOOD, NOBODY);
    expect(status).toBe(204);
    expect(headers.get("set-cookie")).toMatch(/^session=[0-9a-f]{40}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=7200$/);
  });

  test("lets the cookie in, among others", async () => {
    const { headers } = await loggedIn();
    const cookie = `theme=dark; ${headers.cookie}; x=y`;
    const me = await rack.ok("GET", "/v1/me", undefined, { token: null, headers: { cookie } });
    expect(me).toMatchObject({ display_name: "test-privileged", silo_name: "test-suite-silo", fleet_viewer: true });
  });

  test.each([
    ["a wrong password", LOGIN, { ...GOOD, password: "oxidd" }],
    ["an unknown user", LOGIN, { ...GOOD, username: "nobody" }],
    ["an unknown silo", "/v1/login/no-such-silo/local", GOOD],
    ["a user without a password", "/v1/login/default-silo/local", { username: "privileged", password: "" }],
  ])("%s is the same 401 and sets no cookie", async (_, path, credentials) => {
    const { status, body, headers } = await rack.call("POST", path, credentials, NOBODY);
    expect(status).toBe(401);
    expect(body).toMatchObject({ error_code: "Unauthorized", message: "credentials missing or invalid" });
    expect(headers.get("set-cookie")).toBeNull();
  });

  test.each([
    ["an illegal user name", { username: "Test", password: "oxide" }],
    ["a password that is too long", { username: "test", password: "x".repeat(513) }],
    ["a missing password", { username: "test" }],
  ])("%s is 400", async (_, credentials) => {
    expect((await rack.call("POST", LOGIN, credentials, NOBODY)).status).toBe(400);
  });

  test("stores neither the password nor the session's secret", async () => {
    const { headers } = await loggedIn();
    const secret = headers.cookie.split("=")[1] ?? "";
    const rows = JSON.stringify([
      await rack.nexus.store.db.selectFrom("console_session").selectAll().execute(),
      await rack.nexus.store.db.selectFrom("silo_user").selectAll().execute(),
    ]);
    expect(secret).toMatch(/^[0-9a-f]{40}$/);
    expect(rows).not.toContain(secret);
    expect(rows).toContain("$scrypt$ln=14,r=8,p=1$");
  });

  test("logging out ends the session, clears the cookie, and may be repeated", async () => {
    const session = await loggedIn();
    for (const attempt of [1, 2]) {
      const { status, headers } = await rack.call("POST", "/v1/logout", undefined, session);
      expect([attempt, status]).toEqual([attempt, 204]);
      expect(headers.get("set-cookie")).toBe("session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }
    expect((await rack.call("GET", "/v1/me", undefined, session)).status).toBe(401);
    expect((await rack.call("POST", "/v1/logout", undefined, NOBODY)).status).toBe(204);
  });

  test("a session ends when it is not used, and use keeps it alive up to its greatest age", async () => {
    const me = async (session: { headers: { cookie: string }; token: null }) =>
      (await rack.call("GET", "/v1/me", undefined, session)).status;
    const [idle, used] = [await loggedIn(), await loggedIn()];
    rack.advance(2_400_000);
    expect(await me(used)).toBe(200);
    rack.advance(2_400_000);
    expect([await me(idle), await me(used)]).toEqual([401, 200]);
    rack.advance(2_500_000);
    expect(await me(used)).toBe(401);
  });
});

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const CLIENT = "de7fe0bd-1c7e-4a3f-8c5c-e9ee3a0d5b52";

async function startFlow(more: Record<string, string> = {}) {
  const form = new URLSearchParams({ client_id: CLIENT, ...more });
  return rack.ok("POST", "/device/auth", form, { token: null, headers: { host: "rack.example:1234" } });
}

function poll(deviceCode: string, change: Record<string, string> = {}) {
  const form = new URLSearchParams({ grant_type: GRANT, device_code: deviceCode, client_id: CLIENT, ...change });
  return rack.call("POST", "/device/token", form, NOBODY);
}

async function grantToken(more: Record<string, string> = {}, options: object = {}) {
  const flow = await startFlow(more);
  await rack.ok("POST", "/device/confirm", { user_code: flow.user_code }, options);
  return (await poll(flow.device_code)).body;
}

describe("device flow", () => {
  test("starts with codes, and where to confirm", async () => {
    expect(await startFlow()).toEqual({
      device_code: expect.stringMatching(/^[0-9a-f]{40}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: "http://rack.example:1234/device/verify",
      expires_in: 300,
    });
  });

  test("is pending until confirmed, then hands the token out once", async () => {
    const flow = await startFlow();
    expect(await poll(flow.device_code)).toMatchObject({ status: 400, body: { error: "authorization_pending" } });
    expect((await rack.call("POST", "/device/confirm", { user_code: flow.user_code })).status).toBe(204);
    const { status, body } = await poll(flow.device_code);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^oxide-token-[0-9a-f]{40}$/),
      token_type: "bearer",
      token_id: expect.any(String),
      time_expires: null,
    });
    const again = await poll(flow.device_code);
    expect([again.status, again.body]).toEqual([400, { error: "invalid_grant" }]);
    const me = await rack.ok("GET", "/v1/me", undefined, { token: body.access_token });
    expect(me.display_name).toBe("test-privileged");
    const stored = await rack.nexus.store.db.selectFrom("device_access_token").selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(body.access_token.slice("oxide-token-".length));
  });

  test("a user code works once, in any case and without its hyphen", async () => {
    const flow = await startFlow();
    const typed = flow.user_code.toLowerCase().replace("-", " ");
    expect((await rack.call("POST", "/device/confirm", { user_code: typed })).status).toBe(204);
    const again = await rack.call("POST", "/device/confirm", { user_code: flow.user_code });
    expect(again).toMatchObject({ status: 404, body: { error_code: "ObjectNotFound" } });
  });

  test("a token is only for the client that asked", async () => {
    const flow = await startFlow();
    await rack.ok("POST", "/device/confirm", { user_code: flow.user_code });
    const other = await poll(flow.device_code, { client_id: "00000000-0000-4000-8000-000000000000" });
    expect(other.body).toEqual({ error: "authorization_pending" });
    expect((await poll(flow.device_code)).status).toBe(200);
  });

  test("another grant type is refused in OAuth's words", async () => {
    const answer = await poll("x", { grant_type: "password" });
    expect([answer.status, answer.body]).toEqual([400, { error: "unsupported_grant_type" }]);
  });

  test("a request that nobody confirmed in time has expired", async () => {
    const flow = await startFlow();
    rack.advance(301_000);
    const confirmed = await rack.call("POST", "/device/confirm", { user_code: flow.user_code });
    expect(confirmed).toMatchObject({ status: 400, body: { message: "device authorization request expired" } });
    expect((await poll(flow.device_code)).body).toEqual({ error: "expired_token" });
  });

  test("a token with a lifetime ends with it", async () => {
    const { access_token: token, time_expires: expires } = await grantToken({ ttl_seconds: "60" });
    expect(Date.parse(expires) - rack.nexus.world.clock.now()).toBeGreaterThan(50_000);
    expect((await rack.call("GET", "/v1/me", undefined, { token })).status).toBe(200);
    rack.advance(61_000);
    expect((await rack.call("GET", "/v1/me", undefined, { token })).status).toBe(401);
  });

  test("a token begets none that outlives it", async () => {
    const { access_token: token, time_expires: expires } = await grantToken({ ttl_seconds: "600" });
    const child = await grantToken({}, { token });
    expect(child.time_expires).toBe(expires);
    const longer = await startFlow({ ttl_seconds: "3600" });
    const refused = await rack.call("POST", "/device/confirm", { user_code: longer.user_code }, { token });
    expect(refused).toMatchObject({
      status: 400,
      body: {
        error_code: "InvalidRequest",
        message: expect.stringMatching(/^Requested token TTL would exceed the expiration time/),
      },
    });
  });

  test.each([["0"], ["-1"], ["x"]])("a lifetime of %s is 400", async (ttl) => {
    const form = new URLSearchParams({ client_id: CLIENT, ttl_seconds: ttl });
    expect((await rack.call("POST", "/device/auth", form, NOBODY)).status).toBe(400);
  });
});

describe("access tokens of the caller", () => {
  test("are listed without their secrets, and stop working when deleted", async () => {
    const { access_token: token, token_id: id } = await grantToken();
    const list = await rack.ok("GET", "/v1/me/access-tokens?limit=1000");
    expect(list.items).toContainEqual({ id, time_created: expect.any(String), time_expires: null });
    const foreign = await rack.call("DELETE", `/v1/me/access-tokens/${id}`, undefined, {
      token: rack.tokens.unprivileged,
    });
    expect(foreign.status).toBe(404);
    expect((await rack.call("DELETE", `/v1/me/access-tokens/${id}`)).status).toBe(204);
    expect((await rack.call("GET", "/v1/me", undefined, { token })).status).toBe(401);
    expect((await rack.call("DELETE", `/v1/me/access-tokens/${id}`)).status).toBe(404);
  });
});
