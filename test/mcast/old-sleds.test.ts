/** Sled-agents that are older than Nexus, or not ours: served through what they have, or reported. */
import { afterEach, describe, expect, it } from "vitest";
import { McastRack } from "./support/rack.ts";

const G = "224.1.2.3";
const U = "ff04::e001:203";

/** As a sled-agent whose newest version is `newest` answers; VMMs are registered by today's version all the same. */
const knowsUpTo = (newest: number) => (request: Request) => {
  const version = Number(request.headers.get("api-version")?.split(".")[0] ?? 0);
  const isMulticast = /mcast|multicast-group$/.test(new URL(request.url).pathname);
  if (!isMulticast || version <= newest) return undefined;
  const message = `server does not support this API version: ${version}.0.0`;
  return Response.json({ request_id: "r", message }, { status: 400 });
};

const tellsNothing = (request: Request) =>
  new URL(request.url).pathname.startsWith("/debug/") ? new Response("", { status: 404 }) : undefined;

describe("a sled-agent", () => {
  let rack: McastRack;
  afterEach(() => rack.close());
  const start = async (filter: (request: Request) => Response | undefined) => {
    rack = await new McastRack({
      sleds: 2,
      sledFilter: (sled, request) => (sled === 1 ? filter(request) : undefined),
    }).start();
    rack.runTasks();
    const instances = [await rack.run("one"), await rack.run("two")];
    const old = instances.findIndex(({ sled }) => rack.indexOf(sled) === 1);
    return { on: ["one", "two"][old] ?? "", elsewhere: ["one", "two"][1 - old] ?? "" };
  };
  const target = async () =>
    (await rack.lockstep("/multicast/targets")).body.find(
      ({ target: name }: { target: string }) => name === `sled:${rack.sledAt(1).id}`,
    );

  it("of version 48 is served by its version 33", async () => {
    const { on } = await start(knowsUpTo(48));
    await rack.join(on, G, { source_ips: ["10.0.0.7"] });
    await rack.pass();
    expect(await rack.members(G)).toEqual(["Joined"]);
    expect(rack.sledState(1)).toMatchObject({ m2p: [`${G}→${U}`], subscriptions: [`${G} [10.0.0.7]`] });
    await rack.leave(on, G);
    await rack.pass();
    expect(rack.sledState(1)).toEqual({ m2p: [], forwarding: [], subscriptions: [] });
  });

  it("older than version 33 is reported, keeps its members joining, and holds up nobody", async () => {
    const { on, elsewhere } = await start(knowsUpTo(32));
    await rack.join(on, G);
    await rack.join(elsewhere, G);
    await rack.pass();
    expect((await rack.members(G)).sort()).toEqual(["Joined", "Joining"]);
    expect(await target()).toMatchObject({
      outcome: "unsupported",
      differences: [expect.stringContaining("needs version 33 or later")],
    });
    const { status, body } = await rack.lockstep("/multicast/wait?timeout_ms=2000");
    expect(status).toBe(200);
    expect(body.exempt).toEqual([
      { target: `sled:${rack.sledAt(1).id}`, reason: expect.stringContaining("unsupported: ") },
    ]);
    for (const name of [on, elsewhere]) await rack.leave(name, G);
    await rack.pass();
    await rack.pass();
    expect(await rack.nexus.store.db.selectFrom("multicast_group").selectAll().execute()).toEqual([]);
  });

  it("that does not tell its subscriptions is told once, and told of every leave", async () => {
    const { on, elsewhere } = await start(tellsNothing);
    await rack.join(on, G);
    await rack.join(elsewhere, G);
    await rack.pass();
    await rack.pass();
    rack.requests = [];
    await rack.pass();
    expect(rack.writes()).toEqual([]);
    await rack.leave(on, G);
    await rack.pass();
    expect(rack.sledState(1).subscriptions).toEqual([]);
    expect(await rack.members(G)).toEqual(["Joined"]);
    const rows = await rack.nexus.store.db.selectFrom("multicast_group_member").selectAll().execute();
    expect(rows).toHaveLength(1);
  });

  it("that was away during a leave, and does not tell its subscriptions, is told when it is back", async () => {
    const { on, elsewhere } = await start(tellsNothing);
    await rack.join(on, G);
    await rack.join(elsewhere, G);
    await rack.pass();
    rack.down.add(rack.sledAt(1).host);
    await rack.leave(on, G);
    await rack.pass();
    await rack.pass();
    expect(await rack.nexus.store.db.selectFrom("multicast_group_member").selectAll().execute()).toHaveLength(2);
    rack.heal();
    await rack.pass();
    expect(rack.sledState(1).subscriptions).toEqual([]);
    await rack.pass();
    expect(await rack.nexus.store.db.selectFrom("multicast_group_member").selectAll().execute()).toHaveLength(1);
  });

  it("that is expunged while it is away is not waited for", async () => {
    const { on, elsewhere } = await start(tellsNothing);
    await rack.join(on, G);
    await rack.join(elsewhere, G);
    await rack.pass();
    const { id, host } = rack.sledAt(1);
    rack.down.add(host);
    await rack.nexus.store.db.updateTable("sled").set({ policy: "expunged" }).where("id", "=", id).execute();
    await rack.leave(on, G);
    await rack.pass();
    const { body } = await rack.lockstep("/multicast/wait?timeout_ms=2000");
    expect(body).toMatchObject({ exempt: [], applied: ["switch0", "switch1", `sled:${rack.sledAt(0).id}`] });
    expect(await rack.groups("switch0")).toEqual([`${G}→${U} [any] (rear0)`]);
    expect(await rack.nexus.store.db.selectFrom("multicast_group_member").selectAll().execute()).toHaveLength(1);
  });
});
