import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRack, type Rack } from "./support/rack.ts";

describe("a sled-agent that registers", () => {
  let rack: Rack;
  let path: string;
  const internal = { api: "internal" } as const;
  beforeEach(async () => {
    rack = await startRack({ sleds: 3 });
    path = `/sled-agents/${rack.sledIds[0]}`;
  });
  afterEach(() => rack.close());

  const read = () => rack.ok("GET", path, undefined, internal);

  it("reads back what it reported", async () => {
    expect(await read()).toMatchObject({
      sa_address: "[fd00:1122:3344:101::1]:12345",
      underlay_address: "fd00:1122:3344:101::1",
      repo_depot_port: 12_348,
      role: "scrimlet",
      generation: 1,
      decommissioned: false,
    });
    const unknown = await rack.call("GET", `/sled-agents/${rack.nexus.world.ids.uuid()}`, undefined, internal);
    expect(unknown).toMatchObject({ status: 404, body: { error_code: "ObjectNotFound" } });
  });

  it("changes its record by a newer generation only", async () => {
    const info = await read();
    const changed = {
      ...info,
      usable_hardware_threads: 99,
      dpd_url: "http://[::1]:12224",
      underlay_address: "fd00::9",
    };
    for (const generation of [0, 1]) {
      const refused = await rack.call("POST", path, { ...changed, generation }, internal);
      expect(refused).toMatchObject({ status: 409, body: { error_code: "Conflict" } });
      expect(refused.body.message).toContain("not newer than the recorded 1");
    }
    expect(await read()).toEqual(info);
    await rack.ok("POST", path, { ...changed, generation: 2 }, internal);
    expect(await read()).toEqual({ ...changed, generation: 2 });
  });

  it("changes nothing once its sled is decommissioned", async () => {
    const info = await read();
    await rack.nexus.store.db.updateTable("sled").set({ state: "decommissioned" }).execute();
    expect((await rack.call("POST", path, { ...info, generation: 9 }, internal)).status).toBe(409);
    expect(await read()).toEqual({ ...info, decommissioned: true });
  });

  it("gets a cubby of its own, and may not have another sled's board", async () => {
    const { items } = await rack.ok("GET", "/v1/system/hardware/sleds");
    expect(items.map(({ slot }: { slot: number }) => slot).sort()).toEqual([0, 1, 2]);
    const info = await read();
    const twin = await rack.call("POST", `/sled-agents/${rack.nexus.world.ids.uuid()}`, info, internal);
    expect(twin).toMatchObject({ status: 409 });
    expect(twin.body.message).toContain("another sled has the board");
  });

  it("must say where it listens", async () => {
    const info = await read();
    const answer = await rack.call("POST", path, { ...info, generation: 2, sa_address: "10.0.0.1:80" }, internal);
    expect(answer).toMatchObject({ status: 400, body: { message: "sa_address must be [IPV6]:PORT, is 10.0.0.1:80" } });
  });

  it("records switches, again and again", async () => {
    const id = rack.nexus.world.ids.uuid();
    const body = { rack_id: rack.nexus.config.rackId, baseboard: { part: "913-0000006", serial: "BRM1", revision: 1 } };
    for (let i = 0; i < 2; i++) expect(await rack.ok("PUT", `/switch/${id}`, body, internal)).toEqual({});
    const { items } = await rack.ok("GET", "/v1/system/hardware/switches");
    expect(items).toMatchObject([{ id, baseboard: { serial: "BRM1" } }]);
  });
});
