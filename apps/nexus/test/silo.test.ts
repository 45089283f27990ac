import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FIRST_SILO, populate, PRIVILEGED_USER_ID } from "../src/populate/populate.ts";
import { spoof, testNexus, type Json, type TestNexus } from "./support/nexus.ts";

let rack: TestNexus;
beforeAll(async () => {
  rack = await testNexus();
});
afterAll(() => rack.close());

const quotas = { cpus: 4, memory: 2 ** 30, storage: 0 };
const newSilo = (name: string, more: object = {}): object => ({
  name,
  description: "a silo",
  discoverable: true,
  identity_mode: "local_only",
  quotas,
  tls_certificates: [],
  ...more,
});
const userOf = (external_id: string, password: object = { mode: "password", value: "secret" }): object => ({
  external_id,
  password,
});

async function createUser(silo: string, name: string): Promise<Json> {
  return rack.ok("POST", `/v1/system/identity-providers/local/users?silo=${silo}`, userOf(name));
}

describe("a new database", () => {
  test("has the silos and users that scripts know, and populating it again changes nothing", async () => {
    const read = () =>
      Promise.all(
        (["rack", "silo", "silo_quotas", "silo_user", "role_assignment"] as const).map((table) =>
          rack.nexus.store.db.selectFrom(table).selectAll().execute(),
        ),
      );
    const before = await read();
    await populate(rack.nexus);
    expect(await read()).toEqual(before);
    const me = await rack.ok("GET", "/v1/me", undefined, { token: spoof(PRIVILEGED_USER_ID) });
    expect(me).toMatchObject({ silo_name: "default-silo", fleet_viewer: true, silo_admin: true });
    const nobody = await rack.ok("GET", "/v1/me", undefined, { token: rack.tokens.unprivileged });
    expect(nobody).toMatchObject({ fleet_viewer: false, silo_admin: false });
  });

  test("a first silo that was deleted does not come back", async () => {
    const other = await testNexus();
    const token = other.tokens.privileged;
    await other.ok("DELETE", `/v1/system/silos/${FIRST_SILO}`, undefined, { token });
    await populate(other.nexus);
    expect((await other.call("GET", `/v1/system/silos/${FIRST_SILO}`, undefined, { token })).status).toBe(404);
    await other.close();
  });
});

describe("silos", () => {
  test("are created, seen by name and id, listed in order, and deleted with their users", async () => {
    const created = await rack.ok("POST", "/v1/system/silos", newSilo("tools"));
    expect(created).toMatchObject({
      name: "tools",
      discoverable: true,
      mapped_fleet_roles: {},
      admin_group_name: null,
    });
    expect(await rack.ok("GET", "/v1/system/silos/tools")).toEqual(created);
    expect(await rack.ok("GET", `/v1/system/silos/${created.id}`)).toEqual(created);
    const names = async (sort: string): Promise<string[]> =>
      (await rack.ok("GET", `/v1/system/silos?sort_by=${sort}`)).items.map((silo: { name: string }) => silo.name);
    expect(await names("name_ascending")).toEqual(["test-suite-silo", "tools"]);
    expect(await names("name_descending")).toEqual(["tools", "test-suite-silo"]);
    const user = await createUser("tools", "ann");
    const token = spoof(user.id);
    expect((await rack.call("GET", "/v1/me", undefined, { token })).status).toBe(200);
    expect((await rack.call("DELETE", "/v1/system/silos/tools")).status).toBe(204);
    expect((await rack.call("GET", "/v1/me", undefined, { token })).status).toBe(401);
    expect(await rack.call("GET", "/v1/system/silos/tools")).toMatchObject({
      status: 404,
      body: { error_code: "ObjectNotFound", message: 'not found: silo with name "tools"' },
    });
  });

  test("one page after the other shows each silo once", async () => {
    for (const name of ["p-1", "p-2", "p-3"]) await rack.ok("POST", "/v1/system/silos", newSilo(name));
    const seen: string[] = [];
    let path = "/v1/system/silos?limit=1&sort_by=name_descending";
    for (let pages = 0; pages < 10; pages++) {
      const page = await rack.ok("GET", path);
      seen.push(...page.items.map((silo: { name: string }) => silo.name));
      if (page.next_page == null) break;
      path = `/v1/system/silos?limit=1&page_token=${page.next_page}`;
    }
    expect(seen).toEqual(["test-suite-silo", "p-3", "p-2", "p-1"]);
  });

  test.each([
    ["a name that is taken", newSilo("default-silo"), 'already exists: silo "default-silo"'],
    ["an unknown silo role", newSilo("x", { mapped_fleet_roles: { owner: ["admin"] } }), "owner"],
    [
      "a negative quota",
      newSilo("x", { quotas: { ...quotas, cpus: -1 } }),
      "create silo quota: CPU quota must not be negative",
    ],
    ["a UUID for a name", newSilo("a1b2c3d4-0000-4000-8000-000000000000"), "name"],
    ["an unknown fleet role", newSilo("x", { mapped_fleet_roles: { admin: ["owner"] } }), "mapped_fleet_roles"],
  ])("%s is 400, says why, and creates nothing", async (_, body, reason) => {
    const answer = await rack.call("POST", "/v1/system/silos", body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(reason);
    expect((await rack.call("GET", "/v1/system/silos/x")).status).toBe(404);
  });

  test.each(["saml_jit", "saml_scim"])("of mode %s have no users that the system itself could manage", async (mode) => {
    const name = mode.replace("_", "-");
    const silo = await rack.ok("POST", "/v1/system/silos", newSilo(name, { identity_mode: mode }));
    expect(silo).toMatchObject({ name, identity_mode: mode });
    const missing = { status: 404, body: { message: 'not found: identity-provider with name "local"' } };
    const users = "/v1/system/identity-providers/local/users";
    expect(await rack.call("POST", `${users}?silo=${name}`, userOf("eve"))).toMatchObject(missing);
    expect(await rack.call("DELETE", `${users}/${PRIVILEGED_USER_ID}?silo=${name}`)).toMatchObject(missing);
    const login = { username: "eve", password: "secret" };
    expect(await rack.call("POST", `/v1/login/${name}/local`, login, { token: null })).toMatchObject(missing);
    expect((await rack.ok("GET", `/v1/system/identity-providers?silo=${name}`)).items).toEqual([]);
    expect((await rack.call("DELETE", `/v1/system/silos/${name}`)).status).toBe(204);
  });

  test("need rights on the fleet", async () => {
    const options = { token: rack.tokens.unprivileged };
    expect((await rack.call("GET", "/v1/system/silos", undefined, options)).status).toBe(403);
    expect((await rack.call("POST", "/v1/system/silos", newSilo("x"), options)).status).toBe(403);
    expect((await rack.call("GET", `/v1/system/silos/${FIRST_SILO}`, undefined, options)).status).toBe(404);
    expect((await rack.call("GET", "/v1/system/silos/default-silo", undefined, options)).status).toBe(200);
    expect((await rack.call("DELETE", "/v1/system/silos/default-silo", undefined, options)).status).toBe(403);
  });

  test("only an administrator of the fleet may create one that confers roles on the fleet", async () => {
    const { id } = await createUser("default-silo", "operator");
    const policy = await rack.ok("GET", "/v1/system/policy");
    const operator = { identity_id: id, identity_type: "silo_user", role_name: "collaborator" };
    await rack.ok("PUT", "/v1/system/policy", { role_assignments: [...policy.role_assignments, operator] });
    const token = spoof(id);
    const conferring = newSilo("backdoor", { mapped_fleet_roles: { viewer: ["admin"] } });
    expect((await rack.call("POST", "/v1/system/silos", conferring, { token })).status).toBe(403);
    expect((await rack.call("POST", "/v1/system/silos", newSilo("front-door"), { token })).status).toBe(201);
  });

  test("with a project cannot be deleted", async () => {
    const { id } = await rack.ok("POST", "/v1/system/silos", newSilo("busy"));
    const now = new Date(0).toISOString();
    const row = { id: rack.nexus.world.ids.uuid(), name: "p", description: "", silo_id: id, time_deleted: null };
    await rack.nexus.store.db
      .insertInto("project")
      .values({ ...row, time_created: now, time_modified: now })
      .execute();
    const answer = await rack.call("DELETE", "/v1/system/silos/busy");
    expect(answer).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    expect((await rack.call("GET", "/v1/system/silos/busy/quotas")).body.cpus).toBe(4);
  });

  test("have quotas of which only what is given changes", async () => {
    const path = `/v1/system/silos/${FIRST_SILO}/quotas`;
    const { silo_id, memory } = await rack.ok("GET", path);
    expect(await rack.ok("PUT", path, { cpus: 100, memory: null, storage: 2 ** 40 })).toEqual({
      silo_id,
      cpus: 100,
      memory,
      storage: 2 ** 40,
    });
    expect(await rack.call("PUT", path, { cpus: -1 })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Cannot update silo quota: CPU quota must not be negative") },
    });
    const all = await rack.ok("GET", "/v1/system/silo-quotas");
    expect(all.items).toContainEqual({ silo_id, cpus: 100, memory, storage: 2 ** 40 });
  });

  test("have quotas that only operators change, whoever administers the silo", async () => {
    await rack.ok("POST", "/v1/system/silos", newSilo("limited"));
    const administrator = await createUser("limited", "head");
    const operator = await createUser("default-silo", "operator-of-quotas");
    const grant = async (path: string, id: string, role_name: string) => {
      const { role_assignments } = await rack.ok("GET", path);
      const more = { identity_id: id, identity_type: "silo_user", role_name };
      await rack.ok("PUT", path, { role_assignments: [...role_assignments, more] });
    };
    await grant("/v1/system/silos/limited/policy", administrator.id, "admin");
    await grant("/v1/system/policy", operator.id, "collaborator");
    const path = "/v1/system/silos/limited/quotas";
    const more = (id: string) => rack.call("PUT", path, { cpus: 1000 }, { token: spoof(id) });
    expect((await more(administrator.id)).status).toBe(403);
    expect((await rack.ok("GET", path, undefined, { token: spoof(administrator.id) })).cpus).toBe(quotas.cpus);
    expect(await more(operator.id)).toMatchObject({ status: 200, body: { cpus: 1000 } });
  });

  test("have no identity providers", async () => {
    const path = `/v1/system/identity-providers?silo=${FIRST_SILO}`;
    expect(await rack.ok("GET", path)).toEqual({ items: [], next_page: null });
    expect((await rack.call("GET", "/v1/system/identity-providers")).status).toBe(400);
  });
});

describe("users", () => {
  test("are created with a password, changed, barred and deleted", async () => {
    const user = await createUser(FIRST_SILO, "bob");
    const users = `/v1/system/identity-providers/local/users/${user.id}`;
    const login = async (password: string) =>
      (await rack.call("POST", `/v1/login/${FIRST_SILO}/local`, { username: "bob", password }, { token: null })).status;
    expect(user).toMatchObject({ display_name: "bob" });
    expect([await login("secret"), await login("other")]).toEqual([204, 401]);
    await rack.ok("POST", `${users}/set-password?silo=${FIRST_SILO}`, { mode: "password", value: "other" });
    expect([await login("secret"), await login("other")]).toEqual([401, 204]);
    await rack.ok("POST", `${users}/set-password?silo=${FIRST_SILO}`, { mode: "login_disallowed" });
    expect(await login("other")).toBe(401);
    expect(
      (await rack.call("POST", `${users}/set-password?silo=default-silo`, { mode: "login_disallowed" })).status,
    ).toBe(404);
    expect((await rack.call("DELETE", `${users}?silo=${FIRST_SILO}`)).status).toBe(204);
    expect((await rack.call("GET", `/v1/users/${user.id}`)).status).toBe(404);
    expect((await rack.call("DELETE", `${users}?silo=${FIRST_SILO}`)).status).toBe(404);
  });

  test("have unique names within a silo", async () => {
    await createUser(FIRST_SILO, "carl");
    const answer = await rack.call(
      "POST",
      `/v1/system/identity-providers/local/users?silo=${FIRST_SILO}`,
      userOf("carl"),
    );
    expect(answer).toMatchObject({ status: 400, body: { message: 'already exists: silo-user "carl"' } });
    await createUser("default-silo", "carl");
  });

  test("see those of their own silo", async () => {
    const { items } = await rack.ok("GET", "/v1/users", undefined, { token: rack.tokens.unprivileged });
    expect(items.map((user: { display_name: string }) => user.display_name)).toContain("privileged");
    expect((await rack.call("GET", `/v1/users/${PRIVILEGED_USER_ID}`)).status).toBe(404);
    expect(await rack.ok("GET", "/v1/groups")).toEqual({ items: [], next_page: null });
    expect(await rack.ok("GET", "/v1/me/groups")).toEqual({ items: [], next_page: null });
  });

  test("show no times to clients of before March 2026", async () => {
    const older = { version: "2026022500.0.0" };
    expect(Object.keys(await rack.ok("GET", "/v1/me", undefined, older)).sort()).toEqual(
      ["display_name", "fleet_viewer", "id", "silo_admin", "silo_id", "silo_name"].sort(),
    );
    const { items } = await rack.ok("GET", "/v1/users", undefined, older);
    expect(Object.keys(items[0]).sort()).toEqual(["display_name", "id", "silo_id"]);
    expect(await rack.ok("GET", "/v1/me", undefined, { version: "2026030200.0.0" })).toHaveProperty("time_created");
  });

  test("cannot be created without rights on the silo", async () => {
    const path = "/v1/system/identity-providers/local/users?silo=default-silo";
    expect((await rack.call("POST", path, userOf("eve"), { token: rack.tokens.unprivileged })).status).toBe(403);
  });
});

describe("policies", () => {
  test("are replaced as a whole and take effect at once", async () => {
    const user = await createUser(FIRST_SILO, "dora");
    const token = spoof(user.id);
    expect((await rack.call("PUT", "/v1/policy", { role_assignments: [] }, { token })).status).toBe(403);
    const before = await rack.ok("GET", "/v1/policy");
    const dora = { identity_id: user.id, identity_type: "silo_user", role_name: "admin" };
    const role_assignments = [...before.role_assignments, dora];
    const after = await rack.ok("PUT", "/v1/policy", { role_assignments: [...role_assignments, dora] });
    expect(after.role_assignments).toHaveLength(before.role_assignments.length + 1);
    expect(after.role_assignments).toEqual(expect.arrayContaining(role_assignments));
    expect(await rack.ok("GET", "/v1/policy", undefined, { token })).toEqual(after);
    expect(await rack.ok("GET", `/v1/system/silos/${FIRST_SILO}/policy`)).toEqual(after);
    expect(await rack.ok("PUT", "/v1/policy", before, { token })).toEqual(before);
    expect((await rack.call("PUT", "/v1/policy", before, { token })).status).toBe(403);
  });

  test.each([
    ["an unknown role", [{ identity_id: PRIVILEGED_USER_ID, identity_type: "silo_user", role_name: "owner" }]],
    [
      "too many assignments",
      Array.from({ length: 65 }, (_, i) => ({
        identity_id: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
        identity_type: "silo_user",
        role_name: "viewer",
      })),
    ],
  ])("%s is 400 and changes nothing", async (_, role_assignments) => {
    const before = await rack.ok("GET", "/v1/system/policy");
    expect((await rack.call("PUT", "/v1/system/policy", { role_assignments })).status).toBe(400);
    expect(await rack.ok("GET", "/v1/system/policy")).toEqual(before);
  });
});
