/** `PUT /probes`: ports without VMs, stated as a whole. */
import { describe, expect, test } from "vitest";
import { V4, first, nic } from "./bodies.ts";
import { rig, type Rig } from "./rig.ts";
import { faultyEngine } from "./support/faulty-engine.ts";

const PROBES = [1, 2].map((n) => `9b000000-0000-4000-8000-00000000000${n}`);

const interfaceOf = (n: number) => ({
  ...nic(),
  id: `9c000000-0000-4000-8000-00000000000${n}`,
  kind: { type: "probe", id: PROBES[n] },
});
const address = (ip: string, kind: string, first_port = 0, last_port = 65_535) => ({ ip, kind, first_port, last_port });
const probe = (n: number, external_ips: unknown[] = []) => ({ id: PROBES[n], external_ips, interface: interfaceOf(n) });

const put = (r: Rig, probes: unknown[], version?: string) => r.ask("PUT", "/probes", { probes }, version);
const ports = (r: Rig) =>
  r.ctx.opte.ports
    .list()
    .map(({ owner, port }) => `${owner} ${port.name} ${port.externalIps.v4?.floating.join() ?? ""}`);

describe("probes", () => {
  test("have ports with their addresses, keep them while they stay as they are, and lose them when they go", async () => {
    const r = rig();
    const [a, b] = [probe(0), probe(1, [address("10.0.0.1", "floating"), address("10.0.0.2", "snat", 0, 16_383)])];
    expect((await put(r, [a, b])).status).toBe(204);
    expect(ports(r)).toEqual([`${PROBES[0]} opte0 `, `${PROBES[1]} opte1 10.0.0.1`]);
    await put(r, [probe(0, [address("10.0.0.3", "floating")]), b]);
    expect(ports(r).sort()).toEqual([`${PROBES[0]} opte2 10.0.0.3`, `${PROBES[1]} opte1 10.0.0.1`]);
    await put(r, [b]);
    await put(r, [b]);
    expect(ports(r)).toEqual([`${PROBES[1]} opte1 10.0.0.1`]);
    await put(r, []);
    expect(ports(r)).toEqual([]);
    expect((await r.ask("GET", "/debug/opte/violations")).body).toEqual([]);
  });

  test.each([
    ["one that is listed twice", [probe(0), probe(0, [address("10.0.0.1", "floating")])], "is listed twice"],
    ["two on one interface", [probe(0), { ...probe(1), interface: interfaceOf(0) }], "has a port already"],
    [
      "a second ephemeral address",
      [probe(0, [address("10.0.0.1", "ephemeral"), address("10.0.0.2", "ephemeral")])],
      "10.0.0.2 is its second ephemeral address",
    ],
    ["half a block of ports", [probe(0, [address("10.0.0.1", "snat", 0, 100)])], "external_ips"],
    ["an address of a family that its interface has not", [probe(0, [address("fd00::1", "floating")])], "v6"],
  ])("%s is refused with the reason, and nothing changes", async (_, probes, reason) => {
    const r = rig();
    await put(r, [probe(1)]);
    const before = ports(r);
    const { status, body } = await put(r, probes);
    expect(status).toBe(400);
    expect((body as { message: string }).message).toContain(reason);
    expect(ports(r)).toEqual(before);
  });

  test("whose ports the engine refuses leave those that there were", async () => {
    const engine = faultyEngine();
    const r = rig({ overrides: { engine } });
    await put(r, [probe(0)]);
    const before = ports(r);
    let refused = 0;
    for (; ; refused += 1) {
      engine.failAt(refused);
      if ((await put(r, [probe(1)])).status === 204) break;
      expect(ports(r)).toEqual(before);
      expect((await r.ask("GET", "/debug/opte/violations")).body).toEqual([]);
    }
    expect(refused).toBeGreaterThan(2);
  });

  test("are told in versions 6 to 9 with interfaces of one family, and not at all before", async () => {
    const r = rig();
    const [old] = (first().local_config as { nics: Record<string, unknown>[] }).nics;
    const body = { ...probe(0), interface: { ...old, kind: { type: "probe", id: PROBES[0] } } };
    expect((await put(r, [body], "5.0.0")).status).toBe(404);
    expect((await put(r, [body], "9.0.0")).status).toBe(204);
    expect(r.ctx.opte.ports.list()[0]?.port.nic.ips.v4?.ip).toBe(V4.ip);
    expect((await put(r, [body])).status).toBe(400);
  });

  test("are taken by the simulator, which does nothing with them", async () => {
    const r = rig({ config: { mode: "sim" } });
    expect((await put(r, [probe(0)])).status).toBe(204);
    expect(ports(r)).toEqual([]);
  });
});
