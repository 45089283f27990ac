/** Nexus' NAT synchronisation against real dpds, in one process: no sockets, but every byte of the API. */
import { DEFAULT_CONFIG, bringUp, createApp, createContext as createDpd } from "@racklet/dpd";
import { dpdClient } from "@racklet/dpd-client";
import { openStore } from "@racklet/store";
import { nullLog, realWorld, type World } from "@racklet/world";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  contextOn,
  migrations,
  NAT_AUDIT_TASK,
  NAT_GROUP,
  putEntries,
  removeEntries,
  type NatEntry,
  type NexusContext,
  type NexusTables,
} from "@racklet/nexus/testing";

const DEADLINE = { deadlineMs: 10_000 };
const SWITCHES = ["switch0", "switch1"] as const;
type SwitchName = (typeof SWITCHES)[number];
const urlOf = (name: SwitchName): string => `http://${name}`;

const entry = (n: number, over: Partial<NatEntry> = {}): NatEntry => ({
  externalAddress: `10.0.${n >> 8}.${n & 255}`,
  firstPort: 0,
  lastPort: 65535,
  sledAddress: "fd00:1122:3344:101::1",
  vni: 1024,
  mac: "A8:40:25:F0:00:01",
  ...over,
});

/** A Nexus and two dpds. Requests are counted, and a switch can be taken off the network. */
class Rack {
  readonly down = new Set<SwitchName>();
  requests: string[] = [];
  readonly #apps = new Map<SwitchName, ReturnType<typeof createApp>>();
  readonly #base = { ...realWorld({ name: "test" }), log: nullLog };
  readonly world: World = { ...this.#base, fetch: (request) => this.#route(request) };
  nexus!: NexusContext;

  constructor() {
    for (const name of SWITCHES) this.restart(name);
  }

  async startNexus(): Promise<void> {
    const store = await openStore<NexusTables>({ url: "sqlite::memory:", migrations, world: this.world });
    const address = { host: "127.0.0.1", port: 0 };
    this.nexus = contextOn(
      store,
      {
        external: address,
        internal: address,
        lockstep: address,
        database: "sqlite::memory:",
        dpdUrls: SWITCHES.map(urlOf),
        rackId: this.world.ids.uuid(),
        initialPassword: "oxide",
        allowSpoof: false,
        populateDefaultPools: false,
        sessionMaxAgeMs: 1,
        sessionIdleMs: 1,
      },
      this.world,
    );
    this.nexus.tasks.start();
  }

  async stopNexus(): Promise<void> {
    await this.nexus.tasks.stop({ deadlineMs: 5_000 });
    await this.nexus.store.close();
  }

  /** An empty dpd in the place of the old one, as after a crash. */
  restart(name: SwitchName): void {
    const dpd = createDpd({ ...DEFAULT_CONFIG, switch: name, profile: "large" }, this.#base);
    bringUp(dpd);
    this.#apps.set(name, createApp(dpd));
  }

  async put(...entries: NatEntry[]): Promise<void> {
    await this.nexus.store.transaction((tx) => putEntries(this.nexus, tx, entries));
    this.nexus.natChanged();
  }

  async remove(...entries: NatEntry[]): Promise<void> {
    await this.nexus.store.transaction((tx) => removeEntries(this.nexus, tx, entries));
    this.nexus.natChanged();
  }

  synced(name: SwitchName) {
    return this.nexus.tasks.waitFor(`nat_sync_${name}`, { activate: true, ...DEADLINE });
  }

  dpd(name: SwitchName) {
    return dpdClient({ baseUrl: urlOf(name), world: this.world });
  }

  /** `address→sled vni` of every entry in the switch's own NAT lists. */
  async entries(name: SwitchName): Promise<string[]> {
    const found: string[] = [];
    const dpd = this.dpd(name);
    for await (const ipv4 of dpd.pages.nat_ipv4_addresses_list()) {
      for await (const { external, low, high, target } of dpd.pages.nat_ipv4_list({ path: { ipv4 } })) {
        found.push(`${external}/${low}-${high}→${target.internal_ip} ${target.vni}`);
      }
    }
    return found;
  }

  async #route(request: Request): Promise<Response> {
    const { host, pathname } = new URL(request.url);
    const name = host as SwitchName;
    this.requests.push(`${name} ${request.method} ${pathname}`);
    const app = this.#apps.get(name);
    if (app === undefined || this.down.has(name)) throw new TypeError("fetch failed");
    return app.fetch(request);
  }
}

describe("NAT entries on the switches", () => {
  let rack: Rack;
  beforeEach(async () => {
    rack = new Rack();
    await rack.startNexus();
  });
  afterEach(() => rack.stopNexus());

  const expectEverywhere = async (expected: readonly string[]) => {
    for (const name of SWITCHES) {
      await rack.synced(name);
      expect(await rack.entries(name), name).toEqual(expected);
    }
  };
  const line = (n: number, vni = 1024) => `10.0.0.${n}/0-65535→fd00:1122:3344:101::1 ${vni}`;

  it("follow the database: added, redirected and removed", async () => {
    await rack.put(entry(1), entry(2));
    await expectEverywhere([line(1), line(2)]);
    await rack.put(entry(1, { vni: 2048 }), entry(3));
    await expectEverywhere([line(1, 2048), line(2), line(3)]);
    await rack.remove(entry(2));
    await expectEverywhere([line(1, 2048), line(3)]);
  });

  it("cost what changed, not what there is, and nothing while nothing changes", async () => {
    await rack.put(...Array.from({ length: 500 }, (_, n) => entry(n)));
    await rack.synced("switch0");
    await rack.synced("switch1");
    rack.requests = [];
    await rack.put(entry(600));
    await rack.synced("switch0");
    const writes = rack.requests.filter((request) => /^switch0 (PUT|POST)/.test(request));
    expect(writes).toEqual([`switch0 POST /nat/groups/${NAT_GROUP}/changes`]);
    expect(rack.requests.find((request) => request.startsWith("switch0"))).toBe(writes[0]);

    await rack.synced("switch0");
    rack.requests = [];
    const idle = await rack.synced("switch0");
    expect(idle.details).toMatchObject({ sync: { action: "none", generation: 501 } });
    expect(rack.requests.filter((request) => request.startsWith("switch0"))).toEqual([
      `switch0 GET /nat/groups/${NAT_GROUP}`,
    ]);
  });

  it("come back by themselves after a dpd restarted empty", async () => {
    await rack.put(entry(1), entry(2));
    await expectEverywhere([line(1), line(2)]);
    rack.restart("switch1");
    expect(await rack.entries("switch1")).toEqual([]);
    // Nobody activates the task: its own period notices.
    await rack.nexus.tasks.waitFor("nat_sync_switch1", DEADLINE);
    expect(await rack.entries("switch1")).toEqual([line(1), line(2)]);
  });

  it("come back when somebody deleted one of them in the switch", async () => {
    await rack.put(entry(1), entry(2));
    await rack.synced("switch0");
    await rack.dpd("switch0").nat_ipv4_delete({ path: { ipv4: "10.0.0.1", low: 0 } });
    await expectEverywhere([line(1), line(2)]);
  });

  it("reach one switch while the other is away, which catches up later", async () => {
    rack.down.add("switch1");
    await rack.put(entry(1));
    await rack.synced("switch0");
    expect(await rack.entries("switch0")).toEqual([line(1)]);
    await rack.put(entry(2));
    await rack.remove(entry(1));
    rack.down.delete("switch1");
    await expectEverywhere([line(2)]);
  });

  it("replace those of an older database, whose generation was higher", async () => {
    await rack.put(entry(1), entry(2), entry(3));
    await expectEverywhere([line(1), line(2), line(3)]);
    await rack.stopNexus();
    await rack.startNexus();
    await expectEverywhere([]);
    await rack.put(entry(4));
    await expectEverywhere([line(4)]);
  });

  it("are proved by the audit, which also finds what a generation cannot show", async () => {
    await rack.put(entry(1), entry(2));
    await expectEverywhere([line(1), line(2)]);
    const audit = () => rack.nexus.tasks.waitFor(NAT_AUDIT_TASK, { activate: true, ...DEADLINE });
    expect((await audit()).details).toMatchObject({ switch0: { outcome: "agrees" }, switch1: { outcome: "agrees" } });

    // Somebody else writes the group: right generation, wrong content.
    const { generation } = await rack.dpd("switch0").nat_group_get({ path: { group: NAT_GROUP } });
    await rack.dpd("switch0").nat_group_delete({ path: { group: NAT_GROUP } });
    await rack.dpd("switch0").nat_group_ensure({ path: { group: NAT_GROUP }, body: { generation, entries: [] } });
    expect((await audit()).details).toMatchObject({ switch0: { outcome: "differs" }, switch1: { outcome: "agrees" } });
    await expectEverywhere([line(1), line(2)]);
    expect((await audit()).details).toMatchObject({ switch0: { outcome: "agrees" }, switch1: { outcome: "agrees" } });
  });

  it("leave alone what others own, and say what is in the way", async () => {
    await rack.dpd("switch0").nat_group_ensure({
      path: { group: "omicron-services" },
      body: {
        generation: 1,
        entries: [
          {
            external: "10.0.0.1",
            low: 0,
            high: 65535,
            target: { internal_ip: "fd00::5", inner_mac: { a: [2, 0, 0, 0, 0, 1] }, vni: 100 },
          },
        ],
      },
    });
    await rack.put(entry(1));
    await expect(rack.nexus.tasks.waitFor("nat_sync_switch0", { activate: true, deadlineMs: 300 })).rejects.toThrow(
      /omicron-services/,
    );
    expect(await rack.entries("switch0")).toEqual(["10.0.0.1/0-65535→fd00::5 100"]);
    await rack.synced("switch1");
    expect(await rack.entries("switch1")).toEqual([line(1)]);
  });
});
