/** Everything the handlers of one dpd need, wired together. */
import { readFileSync } from "node:fs";
import type { World } from "@racklet/world";
import { chaosAsic, modelAsic, seededFaults, type AsicBackend, type TableUsage } from "./asic/index.ts";
import type { DpdConfig } from "./config.ts";
import { LinkHistory } from "./history/history.ts";
import type { IdRange } from "./mcast/ids.ts";
import type { MemberLinks } from "./mcast/members.ts";
import { Multicast } from "./mcast/multicast.ts";
import { ChangesetPuller, type ChangesetSource } from "./nat/changeset-puller.ts";
import { createNat, type Nat } from "./nat/nat.ts";
import type { Loopbacks } from "./loopback/loopbacks.ts";
import { createNeighbors } from "./neighbor/neighbors.ts";
import { nexusChangesets } from "./nexus.ts";
import { createPorts } from "./port/create.ts";
import type { Ports } from "./port/ports.ts";
import { Ledger } from "./provenance/ledger.ts";
import { createRoutes } from "./route/routes.ts";
import { Subnets } from "./subnet/subnets.ts";
import { buildInfo, type BuildInfo } from "./switch/build-info.ts";
import { modelIdentifiers } from "./switch/identifiers.ts";
import { Switch } from "./switch/switch.ts";
import { TABLES } from "./table/catalogue.ts";
import { tableUsage, type DumpContext } from "./table/dump.ts";
import { createLocks } from "./table/locks.ts";

export interface DpdContext {
  readonly config: DpdConfig;
  readonly world: World;
  readonly build: BuildInfo;
  readonly switch: Switch;
  readonly nat: Nat;
  readonly ports: Ports;
  readonly loopbacks: Loopbacks;
  readonly neighbors: ReturnType<typeof createNeighbors>;
  readonly routes: ReturnType<typeof createRoutes>;
  readonly subnets: Subnets;
  readonly mcast: Multicast;
  readonly history: LinkHistory;
  /** Who wrote each table entry. */
  readonly ledger: Ledger;
  /** Who steers the module of a front port, where a client has said so. No dataplane is concerned. */
  readonly managementModes: Map<string, "manual" | "automatic">;
  readonly dump: DumpContext;
  /** Undefined where Nexus sends the NAT entries by itself. */
  readonly puller: ChangesetPuller | undefined;
  /** What `bringUp` attaches; undefined leaves the switch without an ASIC. */
  readonly asic: AsicBackend | undefined;
}

export interface DpdOverrides {
  /** Takes the place of the ASIC that the configuration asks for. */
  readonly asic?: AsicBackend;
  /** Takes the place of Nexus. */
  readonly changesets?: ChangesetSource;
  /** Takes the place of the switch's links as members of multicast groups. */
  readonly memberLinks?: MemberLinks;
  /** The multicast group ids to use, fewer than the ASIC has. */
  readonly groupIds?: IdRange;
}

/** The switch is `starting` until `bringUp`. */
export function createContext(config: DpdConfig, outer: World, overrides: DpdOverrides = {}): DpdContext {
  const ledger = new Ledger();
  const world = { ...outer, log: ledger.log(outer.log) };
  const locks = createLocks();
  const ofSwitch = new Switch(config.switch, world);
  const base = { world, switch: ofSwitch, locks };
  const nat = createNat(base);
  const { ports, loopbacks } = createPorts(base);
  const links: MemberLinks = overrides.memberLinks ?? ports;
  const mcast = new Multicast({ world, switch: ofSwitch, locks, links, idRange: overrides.groupIds });
  const changesets = overrides.changesets ?? configuredChangesets(config, world);
  return {
    config,
    world,
    build: buildInfo({ version: ownVersion() }),
    switch: ofSwitch,
    nat,
    ports,
    loopbacks,
    neighbors: createNeighbors(base),
    routes: createRoutes({ ...base, asicPort: (portId, linkId) => ports.asicPort(portId, linkId) }),
    subnets: new Subnets(base),
    mcast,
    history: linkHistory(world, ofSwitch, ports),
    ledger,
    managementModes: new Map(),
    dump: { requireAsic: () => ofSwitch.requireAsic(), locks, timers: world.timers },
    puller: changesets === undefined ? undefined : new ChangesetPuller(world, nat.feed, changesets),
    asic: overrides.asic ?? configuredAsic(config),
  };
}

/** Takes the ASIC into use. Done after the API answers, so that a switch that cannot come up can say why. */
export function bringUp(ctx: DpdContext): void {
  ctx.ports.setBaseMac(BASE_MACS[ctx.config.switch]);
  if (ctx.asic === undefined) ctx.switch.detach("started with --asic absent");
  else attach(ctx, ctx.asic);
}

/** An ASIC appears while dpd runs; with `--asic absent`, a software one. Nothing happens to one that is in use. */
export function attachAsic(ctx: DpdContext): void {
  if (ctx.switch.status().state !== "ready") attach(ctx, ctx.asic ?? modelAsic(ctx.config.profile));
}

/** The ASIC disappears while dpd runs, with everything it holds. */
export function detachAsic(ctx: DpdContext): void {
  if (ctx.switch.status().state !== "asic_absent") ctx.switch.detach("detached by an operator");
}

function attach({ config, ledger, switch: ofSwitch }: DpdContext, asic: AsicBackend): void {
  ofSwitch.attach(ledger.trace(asic), modelIdentifiers(config.switch, SIDECAR_IDS[config.switch]));
}

/** The use of every table; none without an ASIC. */
export function usages(ctx: DpdContext): { name: string; usage: TableUsage }[] {
  if (ctx.switch.status().state !== "ready") return [];
  const asic = ctx.switch.requireAsic();
  return TABLES.map((table) => ({ name: table.name, usage: tableUsage(asic, table) }));
}

function linkHistory(world: World, ofSwitch: Switch, ports: Ports): LinkHistory {
  const history = new LinkHistory(world.clock);
  ofSwitch.onForget(() => history.forget());
  ports.onChange(({ portId, linkId }, link) => {
    // Asking the ASIC could fail, and the change has taken effect; every cable is plugged in.
    const view = link === undefined ? undefined : { enabled: link.enabled, up: link.enabled && link.fault === null };
    history.observe(portId, linkId, view, link?.speed);
  });
  return history;
}

// As a chip's, they do not change when dpd restarts.
const SIDECAR_IDS = {
  switch0: "5ca1ab1e-0000-4000-8000-000000000000",
  switch1: "5ca1ab1e-0000-4000-8000-000000000001",
} as const;

/** A switch has 512 MAC addresses from here on, more than it has ASIC ports. */
const BASE_MACS = { switch0: 0xa840_2505_0000, switch1: 0xa840_2505_0200 } as const;

function configuredAsic({ asic, profile, chaos }: DpdConfig): AsicBackend | undefined {
  if (asic === "absent") return undefined;
  const model = modelAsic(profile);
  return asic === "chaos" ? chaosAsic(model, seededFaults(chaos)) : model;
}

function configuredChangesets({ nexus }: DpdConfig, world: World): ChangesetSource | undefined {
  return nexus === undefined ? undefined : nexusChangesets(nexus, world);
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  // Our own package.json has a version.
  return (manifest as { version: string }).version;
}
