/** Each status that an operation is documented to answer is answered by it, and no other, somewhere in this file. */
import { request } from "node:http";
import { dpdApi } from "@racklet/api-types/dpd/api";
import { formatIpv4 } from "@racklet/net";
import { afterAll, expect, test } from "vitest";
import { isRead } from "../../src/asic/chaos.ts";
import { chaosAsic, modelAsic, type Fault, type FaultSource } from "../../src/asic/index.ts";
import { DEFAULT_CONFIG } from "../../src/config.ts";
import { startDpd } from "../../src/index.ts";
import { manyEntries, target } from "./support/entries.ts";
import type { Harness } from "./support/harness.ts";
import { VERSIONS, operationOf, send, startStill, stillWorld } from "./support/play.ts";
import { DOCUMENTED } from "./support/statuses.ts";
import { storyOf, type Step } from "./support/story.ts";

const seen = new Map<string, Set<number>>();

function saw(operationId: string | undefined, status: number): void {
  if (operationId === undefined) throw new Error("the story asks for an operation that its version does not have");
  const statuses = seen.get(operationId) ?? new Set();
  seen.set(operationId, statuses.add(status));
}

async function ask(harness: Harness, version: string, step: Step): Promise<number> {
  const { status } = await send(harness, version, step);
  saw(operationOf(step.operation, version), status);
  return status;
}

/** Of these, one has each operation that was removed or renamed. */
const SOME = ["1.0.0", "5.0.0", "13.1.0"];

test.each(VERSIONS)("the story at version %s", async (version) => {
  const harness = startStill();
  for (const step of storyOf(version)) await ask(harness, version, step);
});

test.each(SOME)("the story without an ASIC at version %s", async (version) => {
  const harness = startStill({ config: { asic: "absent" } });
  for (const step of storyOf(version)) await ask(harness, version, step);
});

test.each(SOME)("the story at version %s when the first write of each request fails", async (version) => {
  let fault: Fault | undefined;
  const faults: FaultSource = {
    next(operation) {
      if (fault === undefined || isRead(operation)) return undefined;
      const now = fault;
      fault = undefined;
      return now;
    },
  };
  const harness = startStill({ asic: chaosAsic(modelAsic("sidecar"), faults) });
  for (const step of storyOf(version)) {
    for (const kind of ["synthetic", "internal"] as const) {
      fault = { kind, when: "before" };
      const status = await ask(harness, version, step);
      const struck = fault === undefined;
      fault = undefined;
      if (!struck) break;
      expect({ step: step.operation, status }).toEqual({
        step: step.operation,
        status: kind === "synthetic" ? 418 : 500,
      });
    }
    await ask(harness, version, step);
  }
});

const V = "13.1.0";
const post = (operation: string, body: unknown): Step => ({ operation, body });
const hop = (tgt_ip: string) => ({ tag: "a", port_id: "qsfp0", link_id: 0, tgt_ip, vlan_id: null });

/** A switch with a link, and a way to say that a request finds its table full. */
async function switchWithLink() {
  const harness = startStill();
  await ask(harness, V, post("POST /ports/qsfp0/links", { speed: "Speed100G" }));
  const full = async (step: Step) =>
    expect({ step: step.operation, status: await ask(harness, V, step) }).toEqual({
      step: step.operation,
      status: 507,
    });
  return { harness, full };
}

test("full tables of addresses", async () => {
  const { harness, full } = await switchWithLink();
  for (const [family, addressOf] of [
    ["ipv4", (n: number) => formatIpv4(0x0a00_0000 + n)],
    ["ipv6", (n: number) => `fd00::${(n + 1).toString(16)}`],
  ] as const) {
    for (let n = 0; n < 255; n++) await harness.ctx.ports.createAddress("qsfp0", 0, { addr: addressOf(n), tag: "a" });
    await harness.ctx.loopbacks.create({ addr: addressOf(255), tag: "a" });
    const entry = { tag: "a", addr: addressOf(256) };
    await full(post(`POST /ports/qsfp0/links/0/${family}`, entry));
    await full(post(`POST /loopback/${family}`, entry));
  }
  const settings = { links: { "0": { params: { speed: "Speed100G" }, addrs: ["192.0.2.1"] } } };
  await full(post("POST /port/qsfp3/settings?tag=a", settings));
});

test("full tables of neighbours and attached subnets", async () => {
  const { harness, full } = await switchWithLink();
  const mac = { a: [2, 0, 0, 0, 0, 1] };
  for (let n = 0; n < 512; n++) {
    await harness.ctx.neighbors.arp.upsert({ ip: formatIpv4(0x0a00_0000 + n), mac: 1, tag: "a" });
    await harness.ctx.neighbors.ndp.upsert({ ip: `fd00::${(n + 1).toString(16)}`, mac: 1, tag: "a" });
    const guest = { internalIp: "fd00::1", mac: 1, vni: 1 };
    await harness.ctx.subnets.create({ address: formatIpv4(0x0a00_0000 + n * 256), length: 24 }, guest);
  }
  await full(post("POST /arp", { tag: "a", ip: "192.0.2.1", mac, update: "" }));
  await full(post("POST /ndp", { tag: "a", ip: "2001:db8::1", mac, update: "" }));
  await full({ operation: "PUT /attached_subnet/192.0.2.0%2F24", body: target(1) });
});

test("full tables of routes", async () => {
  const { harness, full } = await switchWithLink();
  const { ipv4, ipv6 } = harness.ctx.routes;
  const direct = { tag: "a", portId: "qsfp0", linkId: 0, vlanId: null };
  for (let n = 0; n < 8191; n++) {
    await ipv4.add({ address: formatIpv4(0x0a00_0000 + n * 256), length: 24 }, { ...direct, tgtIp: "10.0.0.1" });
  }
  for (let n = 0; n < 1023; n++) {
    await ipv6.add({ address: `fd00:${n.toString(16)}::`, length: 32 }, { ...direct, tgtIp: "fd00::1" });
  }
  for (const method of ["POST", "PUT"]) {
    const v4 = { cidr: "192.0.2.0/24", target: { V4: hop("10.0.0.1") }, replace: false };
    await full(post(`${method} /route/ipv4`, v4));
    await full(post(`${method} /route/ipv6`, { cidr: "2001:db8::/32", target: hop("fd00::1"), replace: false }));
  }
});

test("full tables of NAT and multicast", async () => {
  const { harness, full } = await switchWithLink();
  const { nat } = harness.ctx;
  await nat.groups.ensure("g", { generation: 1, entries: manyEntries(1024) }, { dryRun: false });
  await full({ operation: "PUT /nat/ipv4/192.0.2.1/1/2", body: target(1) });
  const more = manyEntries(1025).slice(1024);
  await full(post("PUT /nat/groups/h", { generation: 1, entries: more }));
  await full(post("POST /nat/groups/g/changes", { from_generation: 1, generation: 2, upsert: more, remove: [] }));
  const v6 = Array.from({ length: 1024 }, (_, n) => ({ external: "fd00::1", low: n, high: n, target: target(1) }));
  await nat.groups.ensure("v6", { generation: 1, entries: v6 }, { dryRun: false });
  await full({ operation: "PUT /nat/ipv6/fd00::2/1/2", body: target(1) });

  const underlay = (n: number) =>
    post("POST /multicast/underlay-groups", { group_ip: `ff04::${n.toString(16)}`, members: [] });
  for (let n = 1; n <= 1024; n++) await ask(harness, V, underlay(n));
  await full(underlay(1025));
  const external = (n: number, sources: number) => ({
    group_ip: `239.1.0.${n}`,
    tag: "t",
    internal_forwarding: { nat_target: { internal_ip: "ff04::1", inner_mac: { a: [1, 0, 94, 1, 0, n] }, vni: 77 } },
    external_forwarding: { vlan_id: null },
    sources: Array.from({ length: sources }, (_, at) => ({ Exact: formatIpv4(0x0a00_0000 + at) })),
  });
  for (const n of [1, 2, 3]) await ask(harness, V, post("POST /multicast/external-groups", external(n, 300)));
  await full(post("POST /multicast/external-groups", external(4, 300)));
  const { group_ip: _, tag: __, ...update } = external(1, 430);
  await full({ operation: "PUT /multicast/external-groups/239.1.0.1?tag=t", body: update });
});

test("a GET with a body, which only some clients can send", async () => {
  const config = { ...DEFAULT_CONFIG, listen: { host: "127.0.0.1", port: 0 } };
  const dpd = await startDpd(config, stillWorld());
  try {
    for (const [body, status] of [
      [{ ms: 1 }, 501],
      [{ ms: -1 }, 400],
    ] as const) {
      const answered = await getWithBody(`${dpd.url}/ports/qsfp0/links/0/prbs_get_err`, JSON.stringify(body));
      expect(answered).toBe(status);
      saw("link_prbs_get_err", answered);
    }
  } finally {
    await dpd.close();
  }
});

function getWithBody(url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "api-version": V, "content-type": "application/json", "content-length": body.length };
    const sent = request(url, { method: "GET", headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

afterAll(() => {
  expect(Object.keys(DOCUMENTED).sort()).toEqual(Object.keys(dpdApi.operations).sort());
  const missing: string[] = [];
  const surplus: string[] = [];
  for (const [operationId, documented] of Object.entries(DOCUMENTED)) {
    const answered = seen.get(operationId) ?? new Set();
    for (const status of documented) if (!answered.has(status)) missing.push(`${operationId} ${status}`);
    for (const status of answered) if (!documented.includes(status)) surplus.push(`${operationId} ${status}`);
  }
  expect({ "never answered": missing, "not documented": surplus }).toEqual({
    "never answered": [],
    "not documented": [],
  });
});
