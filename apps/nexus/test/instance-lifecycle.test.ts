import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { storeLegs } from "@racklet/store/testing";
import { GIB, smallInstance, startRack, type Rack } from "./support/rack.ts";

describe.each(storeLegs())("an instance, on $name,", (leg) => {
  let rack: Rack;
  beforeEach(async () => {
    rack = await startRack({ leg });
  });
  afterEach(() => rack.close());

  const view = (name = "web") => rack.ok("GET", `/v1/instances/${name}?project=p`);

  it("is created, runs, stops, starts again, reboots and is deleted, with its NAT entries coming and going", async () => {
    const created = await rack.ok(
      "POST",
      "/v1/instances?project=p",
      smallInstance("web", {
        external_ips: [{ type: "ephemeral", pool_selector: { type: "auto", ip_version: "v4" } }],
      }),
    );
    expect(["starting", "running"]).toContain(created.run_state);
    await rack.settled();
    expect(await view()).toMatchObject({ run_state: "running", ncpus: 2, memory: GIB, hostname: "web" });
    const [nic] = (await rack.ok("GET", "/v1/network-interfaces?project=p&instance=web")).items;
    expect(nic).toMatchObject({
      name: "net0",
      primary: true,
      ip_stack: { type: "dual_stack", value: { v4: { ip: "172.30.0.5", transit_ips: [] } } },
    });
    const ips = (await rack.ok("GET", "/v1/instances/web/external-ips?project=p")).items;
    expect(ips).toMatchObject([
      { kind: "snat", ip: "10.1.0.0", first_port: 0, last_port: 16_383 },
      { kind: "ephemeral", ip: "10.1.0.1" },
    ]);
    const sled = rack.sleds.findIndex(({ vmms }) => vmms.size === 1);
    const vpc = await rack.ok("GET", "/v1/vpcs/default?project=p");
    const { vni } = await rack.nexus.store.db
      .selectFrom("vpc")
      .select("vni")
      .where("id", "=", vpc.id)
      .executeTakeFirstOrThrow();
    const target = `fd00:1122:3344:${(sled + 0x101).toString(16)}::1 ${vni} ${nic.mac}`;
    expect(await rack.nat()).toEqual([`10.1.0.0 0-16383 -> ${target}`, `10.1.0.1 0-65535 -> ${target}`]);

    const [vmmId, vmm] = [...(rack.sleds[sled]?.vmms ?? [])][0] ?? [];
    expect(vmm?.body.local_config).toMatchObject({
      hostname: "web",
      nics: [{ mac: nic.mac, vni, primary: true }],
      external_ips: {
        v4: { ephemeral_ip: "10.1.0.1", source_nat: { ip: "10.1.0.0", first_port: 0, last_port: 16_383 } },
        v6: null,
      },
    });
    expect(vmm?.body.local_config.firewall_rules.map(({ priority, targets }) => [priority, targets.length])).toEqual([
      [65_534, 1],
      [65_534, 1],
      [65_534, 1],
    ]);

    expect((await rack.ok("POST", "/v1/instances/web/reboot?project=p")).run_state).toBe("rebooting");
    rack.sleds[sled]?.change(vmmId ?? "", "running");
    await rack.settled();
    expect((await rack.ok("POST", "/v1/instances/web/stop?project=p")).run_state).toBe("stopping");
    rack.sleds[sled]?.change(vmmId ?? "", "destroyed");
    await rack.settled();
    expect((await view()).run_state).toBe("stopped");
    expect(await rack.nat()).toEqual([]);
    expect(await rack.nexus.store.db.selectFrom("sled_resource_vmm").selectAll().execute()).toEqual([]);

    await rack.ok("POST", "/v1/instances/web/start?project=p");
    await rack.settled();
    expect((await view()).run_state).toBe("running");
    expect(await rack.nat()).toHaveLength(2);
    await rack.ok("POST", "/v1/instances/web/stop?project=p");
    for (const each of rack.sleds) for (const id of each.vmms.keys()) each.change(id, "destroyed");
    await rack.settled();
    await rack.ok("DELETE", "/v1/instances/web?project=p");
    expect((await rack.call("GET", "/v1/instances/web?project=p")).status).toBe(404);
    expect((await rack.ok("GET", "/v1/system/ip-pools/pool4/utilization")).remaining).toBe(256);
  });
});
