/**
 * Multicast on a full rack, in one process: 1,000 groups × 32 sleds × 2 switches. What Nexus takes for it is compared with the
 * bare HTTP calls of it: the same calls, as many at once, by a loop that knows what to send.
 */
import { McastRack, SWITCHES } from "../mcast/support/rack.ts";
import { median, ratioFigure, type Figure } from "./measure.ts";

const GROUPS = 1_000;
const SLEDS = 32;
/** As Nexus: calls at once to one service. */
const AT_ONCE = 8;
const UNCHANGED_PASSES = 5;
const JOINS = 5;

interface Call {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly version: string;
}

export async function multicastRackFigures(): Promise<Figure[]> {
  const rack = await new McastRack({ sleds: SLEDS }).start();
  try {
    const instances: string[] = [];
    rack.runTasks();
    for (let n = 0; n < SLEDS; n++) instances.push((await rack.run(`vm-${n}`)).id);
    await insertGroups(rack, instances);

    rack.requests = [];
    const converged = await time(() => applied(rack));
    const writes = rack.writes().length;

    const unchanged: number[] = [];
    let reads = 0;
    for (let n = 0; n < UNCHANGED_PASSES; n++) {
      rack.requests = [];
      unchanged.push(await time(() => rack.pass()));
      if (rack.writes().length > 0) throw new Error(`an unchanged pass wrote: ${rack.writes()[0]}`);
      reads = rack.requests.filter((request) => /mcast|multicast|opte/.test(request)).length;
    }
    const bareReads = median(await times(UNCHANGED_PASSES, () => send(rack, readCalls(rack))));

    const joins: number[] = [];
    let joinWrites = 0;
    for (let n = 0; n < JOINS; n++) {
      rack.requests = [];
      joins.push(
        await time(async () => {
          await rack.join(`vm-${SLEDS - 1 - n}`, `224.1.3.${240 + n}`);
          await applied(rack);
        }),
      );
      joinWrites = rack.writes().length;
    }

    for (const name of SWITCHES) rack.restartDpd(name);
    for (let sled = 0; sled < SLEDS; sled++) rack.restartSled(sled);
    const calls = writeCalls(rack);
    const bare = await time(() => send(rack, calls));
    const ms = (value: number): string => `${value.toFixed(0)} ms`;
    return [
      ratioFigure(
        `${GROUPS} groups onto ${SLEDS} sleds and 2 switches / the bare calls`,
        converged,
        bare,
        6,
        `${ms(converged)} / ${ms(bare)}; ${writes} writes / ${calls.length}`,
      ),
      ratioFigure(
        `one more join among them until it is applied / an unchanged pass`,
        median(joins),
        median(unchanged),
        8,
        `${ms(median(joins))} / ${ms(median(unchanged))}; ${joinWrites} writes`,
      ),
      ratioFigure(
        `a pass without changes (no write) / its ${reads} reads alone`,
        median(unchanged),
        bareReads,
        4,
        `${ms(median(unchanged))} / ${ms(bareReads)}`,
      ),
    ];
  } finally {
    await rack.close();
  }
}

/** All groups at once, as an API would make them one by one: each `creating`, with one member `joining`. */
async function insertGroups(rack: McastRack, instances: readonly string[]): Promise<void> {
  const { store, world } = rack.nexus;
  await store.transaction(async (tx) => {
    const range = await tx
      .selectFrom("ip_pool_range")
      .innerJoin("ip_pool", "ip_pool.id", "ip_pool_range.ip_pool_id")
      .select(["ip_pool_range.id", "ip_pool_id"])
      .where("ip_pool.name", "=", "asm4")
      .executeTakeFirstOrThrow();
    const time = new Date(world.clock.now()).toISOString();
    const row = {
      time_created: time,
      time_modified: time,
      time_deleted: null,
      version_added: 1,
      version_removed: null,
    };
    for (let n = 0; n < GROUPS; n++) {
      const id = world.ids.uuid();
      const ip = groupIp(n);
      await tx
        .insertInto("multicast_group")
        .values({
          ...row,
          id,
          name: `g-${n}`,
          description: "",
          vni: 77,
          ip_pool_id: range.ip_pool_id,
          ip_pool_range_id: range.id,
          multicast_ip: ip,
          ip_sort: `4${((224 << 24) | (1 << 16) | n).toString(16)}`,
          ip_version: "v4",
          underlay_group_id: null,
          underlay_salt: null,
          tag: `${id}:${ip}`,
          state: "creating",
          explicitly_created: 0,
          default_source_ips: "[]",
          mvlan: null,
        })
        .execute();
      const member = { ...row, id: world.ids.uuid(), external_group_id: id, multicast_ip: ip, source_ips: "[]" };
      const parent_id = instances[n % instances.length] ?? "";
      await tx
        .insertInto("multicast_group_member")
        .values({ ...member, parent_id, sled_id: null, state: "joining" })
        .execute();
    }
    await tx.updateTable("counter").set({ value: 1 }).where("name", "=", "multicast_generation").execute();
  });
}

const groupIp = (n: number): string => `224.1.${n >> 8}.${n & 255}`;
const underlayIp = (n: number): string => `ff04::e001:${n.toString(16)}`;

async function applied(rack: McastRack): Promise<void> {
  const { status, body } = await rack.lockstep("/multicast/wait?timeout_ms=60000");
  if (status !== 200) throw new Error(`not applied: ${JSON.stringify(body)}`);
}

const DPD = "8.0.0";
const SLED = "49.0.0";

function readCalls(rack: McastRack): Call[] {
  return [
    ...SWITCHES.map((host) => ({ host, method: "GET", path: "/multicast/groups?limit=10000", version: DPD })),
    ...rack.sleds.flatMap(({ host }) =>
      ["/networking/mcast-m2p", "/networking/mcast-fwd", "/debug/opte/subscriptions"].map((path) => ({
        host,
        method: "GET",
        path,
        version: SLED,
      })),
    ),
  ];
}

/** What the groups need, without the one link per rear port and the subscriptions: under 2 % of all. */
function writeCalls(rack: McastRack): Call[] {
  const calls: Call[] = [];
  for (let n = 0; n < GROUPS; n++) {
    const ip = groupIp(n);
    const underlay = underlayIp(n);
    const inner_mac = { a: [0x33, 0x33, 0xe0, 0x01, n >> 8, n & 255] };
    for (const host of SWITCHES) {
      const internal_forwarding = { nat_target: { internal_ip: underlay, inner_mac, vni: 77 } };
      const path = "/multicast/underlay-groups";
      calls.push(
        { host, method: "POST", path, version: DPD, body: { group_ip: underlay, tag: `t:${ip}`, members: [] } },
        {
          host,
          method: "POST",
          path: "/multicast/external-groups",
          version: DPD,
          body: {
            group_ip: ip,
            tag: `t:${ip}`,
            internal_forwarding,
            external_forwarding: { vlan_id: null },
            sources: null,
          },
        },
        { host, method: "PUT", path: `${path}/${underlay}?tag=t:${ip}`, version: DPD, body: { members: [] } },
      );
    }
    for (const { host } of rack.sleds) {
      const hop = { next_hop: "fd00::2", replication: "underlay", filter: { mode: "exclude", sources: [] } };
      calls.push(
        { host, method: "PUT", path: "/networking/mcast-m2p", version: SLED, body: { group: ip, underlay } },
        { host, method: "PUT", path: "/networking/mcast-fwd", version: SLED, body: { underlay, next_hops: [hop] } },
      );
    }
  }
  return calls;
}

/** In their order for each host, a bounded number at once. */
async function send(rack: McastRack, calls: readonly Call[]): Promise<void> {
  const byHost = Map.groupBy(calls, ({ host }) => host);
  await Promise.all(
    [...byHost.values()].map(async (own) => {
      const queue = own.values();
      const worker = async (): Promise<void> => {
        for (const { host, method, path, body, version } of queue) {
          const headers = { "api-version": version, "content-type": "application/json" };
          const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
          const response = await rack.world.fetch(new Request(`http://${host}${path}`, init));
          const text = await response.text();
          if (response.status >= 300) throw new Error(`${method} ${host}${path}: ${response.status} ${text}`);
          if (text !== "") JSON.parse(text);
        }
      };
      // Calls about one group follow each other: one switch is served in order.
      await Promise.all(Array.from({ length: host0(own).startsWith("switch") ? 1 : AT_ONCE }, worker));
    }),
  );
}

const host0 = (calls: readonly Call[]): string => calls[0]?.host ?? "";

/** Milliseconds of processor time: nothing here waits for anything else, and the machine may be shared. */
async function time(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function times(runs: number, work: () => Promise<unknown>): Promise<number[]> {
  const measured: number[] = [];
  for (let run = 0; run < runs; run++) measured.push(await time(work));
  return measured;
}
