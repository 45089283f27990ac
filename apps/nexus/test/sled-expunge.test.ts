import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { smallInstance, startRack, type Rack } from "./support/rack.ts";

const lockstep = { api: "lockstep" } as const;

describe("a sled that an operator gives up", () => {
  let rack: Rack;
  let sled: string;
  beforeEach(async () => {
    rack = await startRack({ sleds: 2 });
    await rack.ok("POST", "/v1/instances?project=p", smallInstance("web", { external_ips: [] }));
    await rack.settled();
    const [vmm] = await rack.nexus.store.db.selectFrom("vmm").select("sled_id").execute();
    sled = vmm?.sled_id ?? "";
  });
  afterEach(() => rack.close());

  const expunge = (id: string) => rack.call("POST", "/sleds/expunge", { sled: id }, lockstep);
  const state = async (): Promise<string> => (await rack.ok("GET", "/v1/instances/web?project=p")).run_state;

  it("answers what it was before, and shows as expunged; once more changes nothing", async () => {
    const first = await expunge(sled);
    expect(first).toMatchObject({ status: 200, body: { kind: "in_service", provision_policy: "provisionable" } });
    const shown = await rack.ok("GET", `/v1/system/hardware/sleds/${sled}`);
    expect(shown.policy).toEqual({ kind: "expunged" });
    expect(await expunge(sled)).toMatchObject({ status: 200, body: { kind: "expunged" } });
    expect(await rack.ok("GET", `/v1/system/hardware/sleds/${sled}`)).toEqual(shown);
  });

  it("loses its VMs without being asked, with their NAT entries and their room", async () => {
    rack.sleds.forEach((each) => (each.down = true));
    await expunge(sled);
    expect(await rack.pass("instance_watcher")).toMatchObject({ lost: 1 });
    await rack.pass("instance_updater");
    await rack.settled();
    expect(await state()).toBe("failed");
    expect(await rack.nat()).toEqual([]);
    expect(await rack.nexus.store.db.selectFrom("sled_resource_vmm").selectAll().execute()).toEqual([]);
  });

  it("gets no instance any more: they go to the others", async () => {
    await expunge(sled);
    await rack.pass("instance_watcher");
    await rack.pass("instance_updater");
    await rack.settled();
    expect((await rack.call("POST", "/v1/instances/web/start?project=p")).status).toBe(202);
    await rack.settled();
    const placed = await rack.nexus.store.db
      .selectFrom("vmm")
      .select("sled_id")
      .where("time_deleted", "is", null)
      .execute();
    expect(placed).toEqual([{ sled_id: rack.sledIds.find((id) => id !== sled) }]);
  });

  it("must exist", async () => {
    const unknown = "5ed00000-0000-4000-8000-0000000000ff";
    expect(await expunge(unknown)).toMatchObject({
      status: 404,
      body: { message: `not found: sled with id "${unknown}"` },
    });
  });
});
