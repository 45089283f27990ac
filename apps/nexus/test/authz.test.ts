import { describe, expect, test } from "vitest";
import { realWorld } from "@racklet/world";
import { authorize, type Action, type Resource } from "../src/authz/authorize.ts";
import { FLEET_ID } from "../src/authz/roles.ts";
import type { NexusContext } from "../src/context.ts";
import { notFoundById } from "../src/errors.ts";
import { internalOpContext, type OpContext } from "../src/op-context.ts";
import { testNexus } from "./support/nexus.ts";

const world = realWorld({ name: "test" });
const rack = await testNexus();
const nexus: NexusContext = rack.nexus;

const SILO = "aaaaaaaa-0000-4000-8000-000000000001";
const OTHER_SILO = "aaaaaaaa-0000-4000-8000-000000000002";
const PROJECT = "bbbbbbbb-0000-4000-8000-000000000001";
const OTHER_PROJECT = "bbbbbbbb-0000-4000-8000-000000000002";

for (const [id, mapped] of [
  [SILO, { viewer: ["viewer"], admin: ["collaborator"] }],
  [OTHER_SILO, {}],
] as const) {
  const now = "2026-01-01T00:00:00.000Z";
  await nexus.store.db
    .insertInto("silo")
    .values({
      id,
      name: `silo-${id.at(-1)}`,
      description: "",
      time_created: now,
      time_modified: now,
      time_deleted: null,
      discoverable: 1,
      identity_mode: "local_only",
      admin_group_name: null,
      mapped_fleet_roles: JSON.stringify(mapped),
    })
    .execute();
}

/** A caller of that silo with these roles. */
async function caller(
  siloId: string,
  ...roles: readonly ["fleet" | "silo" | "project", string, string][]
): Promise<OpContext> {
  const siloUserId = world.ids.uuid();
  for (const [type, id, role] of roles) {
    const row = { resource_type: type, resource_id: id, role_name: role, identity_id: siloUserId };
    await nexus.store.db
      .insertInto("role_assignment")
      .values({ ...row, identity_type: "silo_user" })
      .execute();
  }
  return { actor: { kind: "silo-user", siloUserId, siloId }, log: world.log };
}

const ACTIONS: readonly Action[] = ["read", "list_children", "create_child", "modify", "delete"];
const missing = notFoundById("thing", "x");

/** What each action comes to: `+` allowed, `-` forbidden, `.` not found; in the order of ACTIONS. */
async function rights(op: OpContext, resource: Resource): Promise<string> {
  const marks = ACTIONS.map((action) =>
    authorize(nexus, op, action, resource, missing).then(
      () => "+",
      (error: unknown) => (error === missing ? "." : (error as { kind: string }).kind === "forbidden" ? "-" : "?"),
    ),
  );
  return (await Promise.all(marks)).join("");
}

const fleet: Resource = { type: "fleet" };
const silo: Resource = { type: "silo", id: SILO };
const project: Resource = { type: "project", id: PROJECT, siloId: SILO };
const compute: Resource = { type: "in-project", part: "compute", id: PROJECT, siloId: SILO };
const network: Resource = { type: "in-project", part: "network", id: PROJECT, siloId: SILO };

describe("read, list_children, create_child, modify and delete", () => {
  test.each([
    ["viewer", "++---"],
    ["collaborator", "+++--"],
    ["admin", "+++++"],
  ])("on the fleet as its %s: %s", async (role, expected) => {
    expect(await rights(await caller(OTHER_SILO, ["fleet", FLEET_ID, role]), fleet)).toBe(expected);
  });

  test.each([
    ["viewer", "++---", "++---", "++---", "++---"],
    ["limited_collaborator", "++---", "+++--", "+++++", "++---"],
    ["collaborator", "+++--", "+++++", "+++++", "+++++"],
    ["admin", "+++++", "+++++", "+++++", "+++++"],
  ])("as %s of the silo: silo %s, project %s, compute %s, network %s", async (role, ...expected) => {
    const op = await caller(SILO, ["silo", SILO, role]);
    const found = [];
    for (const resource of [silo, project, compute, network]) found.push(await rights(op, resource));
    expect(found).toEqual(expected);
  });

  test.each([
    ["viewer", "++---", "++---", "++---"],
    ["limited_collaborator", "+++--", "+++++", "++---"],
    ["collaborator", "+++--", "+++++", "+++++"],
    ["admin", "+++++", "+++++", "+++++"],
  ])("as %s of the project: project %s, compute %s, network %s", async (role, ...expected) => {
    const op = await caller(SILO, ["project", PROJECT, role]);
    const found = [];
    for (const resource of [project, compute, network]) found.push(await rights(op, resource));
    expect(found).toEqual(expected);
    expect(await rights(op, { type: "project", id: OTHER_PROJECT, siloId: SILO })).toBe(".....");
  });

  test("a user without roles may see the own silo and nothing else", async () => {
    const op = await caller(SILO);
    const found = [];
    for (const resource of [silo, { type: "silo", id: OTHER_SILO } as const, project, fleet])
      found.push(await rights(op, resource));
    expect(found).toEqual(["+----", ".....", ".....", "....."]);
  });

  test("the providers of a silo show to everybody in it, its certificates to administrators", async () => {
    const providers: Resource = { type: "identity-provider", siloId: SILO };
    const certificates: Resource = { type: "certificate", siloId: SILO };
    const both = async (op: OpContext) => [await rights(op, providers), await rights(op, certificates)];
    expect(await both(await caller(SILO))).toEqual(["++---", "....."]);
    expect(await both(await caller(SILO, ["silo", SILO, "collaborator"]))).toEqual(["++---", "....."]);
    expect(await both(await caller(SILO, ["silo", SILO, "admin"]))).toEqual(["+++++", "+++++"]);
    expect(await both(await caller(OTHER_SILO))).toEqual([".....", "....."]);
    expect(await both(await caller(OTHER_SILO, ["fleet", FLEET_ID, "admin"]))).toEqual(["+++++", "+++++"]);
  });

  test("an administrator of the fleet manages silos without seeing into their projects", async () => {
    const op = await caller(OTHER_SILO, ["fleet", FLEET_ID, "admin"]);
    expect([await rights(op, silo), await rights(op, project)]).toEqual(["+--++", "....."]);
  });

  test("a silo confers roles on the fleet on its own users, each role also what lower roles confer", async () => {
    expect(await rights(await caller(SILO, ["silo", SILO, "viewer"]), fleet)).toBe("++---");
    expect(await rights(await caller(SILO, ["silo", SILO, "collaborator"]), fleet)).toBe("++---");
    expect(await rights(await caller(SILO, ["silo", SILO, "admin"]), fleet)).toBe("+++--");
    expect(await rights(await caller(OTHER_SILO, ["silo", SILO, "admin"]), fleet)).toBe(".....");
  });

  test("users may do everything to themselves; administrators of silo or fleet to all users", async () => {
    const user = await caller(SILO);
    if (user.actor.kind !== "silo-user") throw new Error("not a user");
    const self: Resource = { type: "silo-user", id: user.actor.siloUserId, siloId: SILO };
    expect(await rights(user, self)).toBe("+++++");
    expect(await rights(await caller(SILO), self)).toBe("++---");
    expect(await rights(await caller(OTHER_SILO), self)).toBe(".....");
    expect(await rights(await caller(SILO, ["silo", SILO, "admin"]), self)).toBe("+++++");
    expect(await rights(await caller(OTHER_SILO, ["fleet", FLEET_ID, "admin"]), self)).toBe("+++++");
    expect(await rights(await caller(OTHER_SILO, ["fleet", FLEET_ID, "collaborator"]), self)).toBe("++---");
  });

  test("Nexus itself may do everything", async () => {
    const op = internalOpContext("test", world.log);
    for (const resource of [fleet, silo, project, network]) expect(await rights(op, resource)).toBe("+++++");
  });
});

test("without an error to hide behind, what may not even be read is forbidden", async () => {
  await expect(authorize(nexus, await caller(SILO), "read", fleet)).rejects.toMatchObject({ kind: "forbidden" });
});
