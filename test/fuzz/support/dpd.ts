/** A dpd with links, routes and neighbours, and with NAT entries of its own and of a group. */
import { dpdApi } from "@racklet/api-types/dpd/api";
import { SIDECAR_BULK_BODY_LIMIT } from "@racklet/api-types/dpd/limits";
import { responseValidators } from "@racklet/api-types/gen/dpd.response-validators.js";
import { bringUp, createApp, createContext, DEFAULT_CONFIG } from "@racklet/dpd";
import { chaosAsic, isRead, modelAsic } from "@racklet/dpd/testing";
import { simulation } from "@racklet/sim";
import { realWorld } from "@racklet/world";
import { troubleLog } from "./log.ts";
import { createPool } from "./pool.ts";
import { SEED } from "./seed.ts";
import type { Target } from "./target.ts";

const TABLES = ["Ingress.nat_ingress.ingress_ipv4", "Ingress.nat_ingress.ingress_ipv6"];
const LISTS = [
  "/nat/ipv4",
  "/nat/ipv6",
  "/rpw/nat/gen",
  "/links",
  "/loopback/ipv4",
  "/loopback/ipv6",
  "/arp",
  "/ndp",
  "/route/ipv4",
  "/route/ipv6",
  "/attached_subnet",
  "/multicast/groups",
];
const VERSION = dpdApi.versions.latest.semver.text;

const TARGET = {
  internal_ip: "fd00:1122:3344:101::1",
  inner_mac: { a: [0xa8, 0x40, 0x25, 0xf0, 0, 1] },
  vni: 2000,
};

const hop = (tgt_ip: string) => ({ tag: "alpha", port_id: "qsfp0", link_id: 0, tgt_ip, vlan_id: null });

/** `isStill`: its clock stands still and its ids come from the seed, so that two of them answer alike. */
export async function startDpd({ isStill = false }: { readonly isStill?: boolean } = {}): Promise<Target> {
  const { log, troubles } = troubleLog();
  const world = isStill ? simulation({ seed: SEED }).world("dpd") : realWorld({ name: "dpd" });
  // No fault ever: only told of every operation.
  let writes = 0;
  const asic = chaosAsic(modelAsic(DEFAULT_CONFIG.profile), {
    next(operation) {
      if (!isRead(operation)) writes++;
      return undefined;
    },
  });
  const ctx = createContext(DEFAULT_CONFIG, { ...world, log }, { asic });
  const app = createApp(ctx, { responseValidators });
  bringUp(ctx);
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { "api-version": VERSION, "content-type": "application/json" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await app.fetch(new Request(`http://dpd${path}`, init));
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  const prepare = async (): Promise<void> => {
    await ask("DELETE", "/all-settings");
    // Links stay, and loopbacks, which would be in the way of a link's addresses.
    const links = (await ask("GET", "/links")) as { port_id: string; link_id: number }[];
    for (const { port_id, link_id } of links) await ask("DELETE", `/ports/${port_id}/links/${link_id}`);
    for (const family of ["ipv4", "ipv6"]) {
      const loopbacks = (await ask("GET", `/loopback/${family}`)) as { addr: string }[];
      for (const { addr } of loopbacks) await ask("DELETE", `/loopback/${family}/${addr}`);
    }
    await ask("PUT", "/nat/ipv4/10.0.0.1/0/99", TARGET);
    await ask("PUT", "/nat/ipv6/fd00::5/0/99", TARGET);
    const entries = [{ external: "10.0.0.2", low: 0, high: 65_535, target: TARGET }];
    await ask("PUT", "/nat/groups/alpha", { generation: 3, entries });
    for (const port of ["qsfp0", "rear0"]) await ask("POST", `/ports/${port}/links`, { speed: "Speed100G" });
    await ask("POST", "/ports/qsfp0/links/0/ipv4", { tag: "alpha", addr: "10.1.0.1" });
    await ask("POST", "/ports/qsfp0/links/0/ipv6", { tag: "alpha", addr: "fd00::9" });
    await ask("PUT", "/route/ipv4", { cidr: "10.2.0.0/16", target: { V4: hop("10.1.0.9") }, replace: true });
    await ask("PUT", "/route/ipv6", { cidr: "fd01::/32", target: hop("fd00::8"), replace: true });
    const mac = TARGET.inner_mac;
    await ask("POST", "/arp", { tag: "alpha", ip: "10.1.0.9", mac, update: "" });
    await ask("POST", "/ndp", { tag: "alpha", ip: "fd00::8", mac, update: "" });
    await ask("PUT", "/attached_subnet/10.3.0.0%2F24", TARGET);
  };
  await prepare();
  const dumps = { writes: -1, lines: [] as readonly string[] };
  const dumped = async (): Promise<readonly string[]> => {
    if (dumps.writes === writes) return dumps.lines;
    dumps.writes = writes;
    const names = (await ask("GET", "/table")) as string[];
    const each = names.map((name) => ask("GET", `/table/${name}/dump?from_hardware=true`));
    dumps.lines = (await Promise.all(each)).map((dump) => JSON.stringify(dump));
    return dumps.lines;
  };

  return {
    api: dpdApi,
    app,
    prepare,
    prepareEvery: 60,
    send: async (request) => app.fetch(request),
    headers: {},
    troubles,
    unchecked: ["tag"],
    bodyLimits: { nat_group_ensure: SIDECAR_BULK_BODY_LIMIT, nat_group_changes: SIDECAR_BULK_BODY_LIMIT },
    pool: createPool(
      {
        // Underlay groups are ff04::/64.
        group_ip: ["239.1.1.1", "ff04::1", "ff04::2"],
        group: ["alpha", "alpha", "alpha", "beta"],
        ipv4: ["10.0.0.1", "10.0.0.2"],
        ipv6: ["fd00::5", "fd00::5", "2001:db8::7"],
        external: ["10.0.0.1", "10.0.0.2", "fd00::5", "2001:db8::7"],
        nat_group_changes: [
          {
            from_generation: 3,
            generation: 4,
            remove: [],
            upsert: [{ external: "2001:db8::7", low: 0, high: 65_535, target: TARGET }],
          },
        ],
        low: [0, 0, 100],
        high: [99, 199, 32_767, 65_535],
        generation: [1, 2, 3, 4, 5, 6],
        from_generation: [3, 4, 5, 6],
        table: TABLES,
        port_id: ["qsfp0", "QSFP0", "rear0", "qsfp1"],
        link_id: [0, 0, 0, 1],
        lane: [null, 0, 1],
        vlan_id: [null, 2, 4095],
        addr: ["10.1.0.1", "10.1.0.2", "fd00::9", "fd00::10"],
        addrs: [["10.1.0.3", "fd00::11"], []],
        address: ["10.1.0.1", "fd00::9"],
        ip: ["10.1.0.9", "fd00::8"],
        tgt_ip: ["10.1.0.9", "fd00::8"],
        cidr: ["10.2.0.0/16", "fd01::/32"],
        subnet: ["10.3.0.0/24", "fd03::/64"],
        counter: ["Service", "ingress_drop_port"],
        tag: ["alpha"],
        vni: [0, 2000, 0xff_ffff],
      },
      { exact: ["group_ip"] },
    ),
    async digest() {
      const lines = [...(await dumped())];
      const { items } = (await ask("GET", "/nat/groups?limit=10000")) as { items: { group: string }[] };
      for (const each of items) {
        const list = await ask("GET", `/nat/groups/${each.group}/entries?limit=10000`);
        lines.push(JSON.stringify([each, list]));
      }
      for (const path of LISTS) lines.push(JSON.stringify(await ask("GET", path)));
      return lines.join("\n");
    },
    close: async () => {},
  };
}
