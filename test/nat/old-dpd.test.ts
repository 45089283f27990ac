/** Nexus beside a dpd that is older than NAT groups and fetches changes by itself, in one process. */
import type { Api } from "@racklet/api-kit";
import { dpdApi } from "@racklet/api-types/dpd/api";
import { DEFAULT_CONFIG, bringUp, createApp, createContext as createDpd, type DpdContext } from "@racklet/dpd";
import { dpdClient } from "@racklet/dpd-client/v1";
import { DEFAULT_CONFIG as NEXUS_CONFIG, createApps } from "@racklet/nexus";
import {
  contextOn,
  migrations,
  putEntries,
  removeEntries,
  type NatEntry,
  type NexusContext,
  type NexusTables,
} from "@racklet/nexus/testing";
import { openStore } from "@racklet/store";
import { nullLog, realWorld, type World } from "@racklet/world";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cutServer } from "../compat/support/releases.ts";

const DEADLINE = { deadlineMs: 10_000 };
const DAY_MS = 24 * 60 * 60 * 1000;
const OLD = "http://switch0";
const NEW = "http://switch1";

const entry = (n: number): NatEntry => ({
  externalAddress: `10.0.0.${n}`,
  firstPort: 0,
  lastPort: 65535,
  sledAddress: "fd00:1122:3344:101::1",
  vni: 1024,
  mac: "A8:40:25:F0:00:01",
});

/** A Nexus, a dpd that knows versions up to `newest` on switch0, and one of today on switch1. */
class Rack {
  readonly nexus: NexusContext;
  readonly #old: DpdContext;
  readonly #clock: { ahead: number };
  readonly #stop = new AbortController();
  #pulling: Promise<void> | undefined;

  static async start(newest: string): Promise<Rack> {
    const serves = new Map<string, (request: Request) => Response | Promise<Response>>();
    const clock = { ahead: 0 };
    const real = { ...realWorld({ name: "test" }), log: nullLog };
    const world: World = {
      ...real,
      clock: { ...real.clock, now: () => real.clock.now() + clock.ahead },
      fetch: async (request) => {
        const serve = serves.get(new URL(request.url).origin);
        if (serve === undefined) throw new TypeError("fetch failed");
        return serve(request);
      },
    };
    const store = await openStore<NexusTables>({ url: "sqlite::memory:", migrations, world });
    const rack = new Rack(
      contextOn(store, { ...NEXUS_CONFIG, dpdUrls: [OLD, NEW] }, world),
      createDpd({ ...DEFAULT_CONFIG, switch: "switch0", nexus: "http://nexus" }, world),
      clock,
    );
    const ofToday = createDpd({ ...DEFAULT_CONFIG, switch: "switch1" }, world);
    bringUp(rack.#old);
    bringUp(ofToday);
    const old = createApp(rack.#old);
    const api: Api = dpdApi;
    serves.set("http://nexus", createApps(rack.nexus).internal.fetch);
    serves.set(
      OLD,
      cutServer(api, (request) => old.fetch(request), newest, world),
    );
    serves.set(NEW, createApp(ofToday).fetch);
    rack.nexus.tasks.start();
    return rack;
  }

  constructor(nexus: NexusContext, old: DpdContext, clock: { ahead: number }) {
    this.nexus = nexus;
    this.#old = old;
    this.#clock = clock;
  }

  /** The old dpd begins to fetch; until then it is one that has just started and has applied nothing. */
  fetches(): void {
    this.#pulling = this.#old.puller?.run(this.#stop.signal);
  }

  /** Only the clock that rows are dated by: nothing runs because of it. */
  pass(ms: number): void {
    this.#clock.ahead += ms;
  }

  async put(...entries: NatEntry[]): Promise<void> {
    await this.nexus.store.transaction((tx) => putEntries(this.nexus, tx, entries));
    this.nexus.natChanged();
  }

  async remove(...entries: NatEntry[]): Promise<void> {
    await this.nexus.store.transaction((tx) => removeEntries(this.nexus, tx, entries));
    this.nexus.natChanged();
  }

  /** Waits until a pass of Nexus has been told that the old dpd is at `generation`. */
  async caughtUp(generation: number): Promise<void> {
    const poll = { timeout: 5_000, interval: 5 };
    const sync = () => this.nexus.tasks.waitFor("nat_sync_switch0", { activate: true, ...DEADLINE });
    await expect.poll(async () => (await sync()).details, poll).toMatchObject({ sync: { generation } });
  }

  /** What the old dpd holds, by external address. */
  async entries(): Promise<string[]> {
    const found: string[] = [];
    const dpd = dpdClient({ baseUrl: OLD, world: this.nexus.world });
    for await (const ipv4 of dpd.pages.nat_ipv4_addresses_list()) found.push(ipv4);
    return found;
  }

  async purged(): Promise<unknown> {
    return (await this.nexus.tasks.waitFor("nat_cleanup", { activate: true, ...DEADLINE })).details;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#pulling, this.nexus.tasks.stop({ deadlineMs: 5_000 })]);
    await this.nexus.store.close();
  }
}

describe.each(["13.0.0", "1.0.0"])("with a dpd that knows versions up to %s", (newest) => {
  let rack: Rack;
  beforeEach(async () => {
    rack = await Rack.start(newest);
  });
  afterEach(() => rack.close());

  it("a change is announced to it, and it fetches what changed", async () => {
    rack.fetches();
    await rack.put(entry(1), entry(2));
    await rack.caughtUp(2);
    expect(await rack.entries()).toEqual(["10.0.0.1", "10.0.0.2"]);
    await rack.remove(entry(1));
    await rack.caughtUp(3);
    expect(await rack.entries()).toEqual(["10.0.0.2"]);
    const { details } = await rack.nexus.tasks.waitFor("nat_sync_switch0", { activate: true, ...DEADLINE });
    expect(details).toMatchObject({ url: OLD, sync: { action: "told to fetch", generation: 3 } });
  });

  it("a removed entry is purged when it is old, and not before that dpd has seen its removal", async () => {
    await rack.put(entry(1), entry(2));
    await rack.remove(entry(1));
    // A removal is kept while it is the newest change there is.
    await rack.put(entry(3));
    await rack.nexus.tasks.waitFor("nat_sync_switch1", { activate: true, ...DEADLINE });
    rack.pass(15 * DAY_MS);
    expect(await rack.purged()).toEqual({ purged: 0 });
    rack.fetches();
    await rack.caughtUp(4);
    expect(await rack.purged()).toEqual({ purged: 1 });
    expect(await rack.purged()).toEqual({ purged: 0 });
  });
});
