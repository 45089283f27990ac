import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addExternalIp, removeExternalIp, type ExternalIpChange } from "../src/opte/external-ips.ts";
import type { ExternalIps } from "../src/opte/types.ts";
import { VMM, V6, dualStack, newest, nic } from "./bodies.ts";
import { rig, type Rig } from "./rig.ts";

async function vm(config: Record<string, unknown> = {}, isStarted = true): Promise<Rig> {
  const r = rig();
  expect((await r.ask("PUT", `/vmms/${VMM}`, newest(config))).status).toBe(200);
  if (isStarted) {
    await r.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "running" } });
    await r.sim.clock.advance(500);
  }
  return r;
}
const add = (r: Rig, type: string, value: string) => r.ask("PUT", `/vmms/${VMM}/external-ip`, { type, value });
const remove = (r: Rig, type: string, value: string) => r.ask("DELETE", `/vmms/${VMM}/external-ip`, { type, value });
const seen = async (r: Rig) =>
  ((await r.ask("GET", "/debug/opte/ports")).body as { external_ips: unknown }[]).map((port) => port.external_ips)[0];

const snat = { ip: "192.168.1.10", first_port: 16384, last_port: 32767 };

describe("external addresses of a running VM", () => {
  test("are shown on its port with the block of its source NAT", async () => {
    const r = await vm();
    expect(await seen(r)).toEqual({ v4: { source_nat: snat, ephemeral_ip: null, floating_ips: [] }, v6: null });
  });

  test("can be added twice and removed twice", async () => {
    const r = await vm();
    for (let i = 0; i < 2; i += 1) {
      expect((await add(r, "ephemeral", "10.0.0.1")).status).toBe(204);
      expect((await add(r, "floating", "10.0.0.2")).status).toBe(204);
    }
    expect(await seen(r)).toMatchObject({ v4: { ephemeral_ip: "10.0.0.1", floating_ips: ["10.0.0.2"] } });
    for (let i = 0; i < 2; i += 1) {
      expect((await remove(r, "ephemeral", "10.0.0.1")).status).toBe(204);
      expect((await remove(r, "floating", "10.0.0.2")).status).toBe(204);
    }
    expect(await seen(r)).toMatchObject({ v4: { ephemeral_ip: null, floating_ips: [], source_nat: snat } });
  });

  test("include one ephemeral address of each family, and no second of either", async () => {
    const r = await vm({ nics: [nic(dualStack)] });
    expect((await add(r, "ephemeral", "10.0.0.1")).status).toBe(204);
    expect((await add(r, "ephemeral", "2001:db8::1")).status).toBe(204);
    const before = await seen(r);
    for (const second of ["10.0.0.9", "2001:db8::9"]) {
      expect(await add(r, "ephemeral", second)).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    }
    expect(await seen(r)).toEqual(before);
  });

  test("removing another ephemeral address than the one it has changes nothing", async () => {
    const r = await vm();
    await add(r, "ephemeral", "10.0.0.1");
    expect((await remove(r, "ephemeral", "10.0.0.2")).status).toBe(204);
    expect(await seen(r)).toMatchObject({ v4: { ephemeral_ip: "10.0.0.1" } });
  });

  test("of a family the VM has no private address of are refused, and change nothing", async () => {
    const r = await vm();
    const before = await seen(r);
    const answer = await add(r, "floating", "2001:db8::1");
    expect(answer).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    expect((answer.body as { message: string }).message).toContain("private IPv6 address");
    expect(await seen(r)).toEqual(before);
  });

  test("are the same address in every spelling", async () => {
    const r = await vm({ nics: [nic(dualStack)] });
    await add(r, "floating", "2001:DB8:0::1");
    await add(r, "floating", "2001:db8::1");
    expect(await seen(r)).toMatchObject({ v6: { floating_ips: ["2001:db8::1"] } });
  });
});

describe("external addresses of a VM that has not started", () => {
  test("are given to its port when it does", async () => {
    const r = await vm({}, false);
    expect((await add(r, "floating", "10.0.0.2")).status).toBe(204);
    await r.ask("PUT", `/vmms/${VMM}/state`, { state: { type: "running" } });
    await r.sim.clock.advance(500);
    expect(await seen(r)).toMatchObject({ v4: { floating_ips: ["10.0.0.2"] } });
  });
});

describe("a VM without interfaces", () => {
  test("runs without a port, whatever addresses it was registered with, and can be given no others", async () => {
    const r = await vm({ nics: [] });
    expect(await seen(r)).toBe(undefined);
    expect(await add(r, "floating", "10.0.0.2")).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    expect((await r.ask("GET", `/vmms/${VMM}/state`)).body).toMatchObject({ vmm_state: { state: "running" } });
  });
});

describe("a registration is refused, and nothing registered", () => {
  const cases: [what: string, config: Record<string, unknown>, reason: string][] = [
    [
      "for source NAT that is no block of ports",
      { external_ips: { v4: { source_nat: { ...snat, first_port: 1 }, floating_ips: [] } } },
      "snat port range is not aligned to 16384: (1, 32767)",
    ],
    [
      "for IPv6 addresses on an IPv4 interface",
      { external_ips: { v6: { ephemeral_ip: "2001:db8::1", floating_ips: [] } } },
      "private IPv6 address",
    ],
    ["for two primary interfaces", { nics: [nic(), { ...nic(), id: VMM }] }, "2 interfaces are primary"],
    [
      "for an address outside its subnet",
      { nics: [nic({ type: "v4", value: { ip: "10.0.0.1", subnet: "172.30.0.0/22" } })] },
      "address 10.0.0.1 is not in subnet 172.30.0.0/22",
    ],
    [
      "for an IPv6 subnet that is no /64",
      { nics: [nic({ type: "v6", value: { ...V6, subnet: "fd00:2::/48" } })], external_ips: {} },
      "must be 64",
    ],
    [
      "for an interface without a network backend",
      { nics: [{ ...nic(), id: VMM }] },
      `no network backend for interface ${VMM}`,
    ],
    [
      "for a search domain DHCP cannot say",
      { dhcp_config: { dns_servers: [], search_domains: ["a b"] } },
      '"a b" is not a domain name',
    ],
  ];
  test.each(cases)("%s", async (_, config, reason) => {
    const r = rig();
    const answer = await r.ask("PUT", `/vmms/${VMM}`, newest(config));
    expect(answer).toMatchObject({ status: 400, body: { error_code: "InvalidRequest" } });
    expect((answer.body as { message: string }).message).toContain(reason);
    expect((await r.ask("GET", `/vmms/${VMM}/state`)).status).toBe(404);
  });
});

describe("the rules, for any sequence of changes", () => {
  const change: fc.Arbitrary<ExternalIpChange & { add: boolean }> = fc.record({
    add: fc.boolean(),
    type: fc.constantFrom("ephemeral", "floating"),
    ip: fc.constantFrom("10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2"),
  });
  test("what is there is exactly what was added and not removed; adding and removing again are no changes", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        let config: ExternalIps = {};
        const model = new Map<string, Set<string>>([
          ["ephemeral v4", new Set()],
          ["ephemeral v6", new Set()],
          ["floating v4", new Set()],
          ["floating v6", new Set()],
        ]);
        for (const { add: isAdd, type, ip } of changes) {
          const slot = model.get(`${type} ${ip.includes(":") ? "v6" : "v4"}`) as Set<string>;
          const isRefused = isAdd && type === "ephemeral" && slot.size === 1 && !slot.has(ip);
          const before = config;
          if (isRefused) {
            expect(() => addExternalIp(before, { type, ip })).toThrow("remove it before");
            continue;
          }
          config = isAdd ? addExternalIp(config, { type, ip }) : removeExternalIp(config, { type, ip });
          if (slot.has(ip) === isAdd) expect(config).toBe(before);
          if (isAdd) slot.add(ip);
          else slot.delete(ip);
          for (const family of ["v4", "v6"] as const) {
            expect(new Set(config[family]?.floating ?? [])).toEqual(model.get(`floating ${family}`));
            expect(config[family]?.ephemeral).toBe([...(model.get(`ephemeral ${family}`) as Set<string>)][0]);
          }
        }
      }),
    );
  });
});
