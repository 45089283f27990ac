/** A switch with a NAT domain on the model ASIC, a clock that stands still, and everything observable as plain text. */
import { nullLog } from "@racklet/world";
import type { World } from "@racklet/world";
import { chaosAsic, modelAsic } from "../src/asic/index.ts";
import type { AsicBackend, Fault, FaultSource, Operation } from "../src/asic/index.ts";
import { DpdError } from "../src/errors.ts";
import type { NatEntryInput } from "../src/nat/input.ts";
import { createNat } from "../src/nat/nat.ts";
import type { Nat } from "../src/nat/nat.ts";
import { modelIdentifiers } from "../src/switch/identifiers.ts";
import { Switch } from "../src/switch/switch.ts";
import { createLocks } from "../src/table/locks.ts";
import { NAT_TABLES } from "../src/table/nat.ts";
import type { NatRow, Family } from "../src/table/nat.ts";
import type { Profile } from "../src/table/types.ts";

export interface TestWorld extends Pick<World, "clock" | "ids" | "log" | "timers"> {
  nowMs: number;
}

export function testWorld(): TestWorld {
  let ids = 0;
  const world: TestWorld = {
    nowMs: 1_000,
    clock: { now: () => world.nowMs, monotonicMs: () => world.nowMs },
    ids: { uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}` },
    log: nullLog,
    timers: {
      sleep: () => Promise.reject(new Error("nothing here sleeps")),
      after: () => () => {},
      yield: () => Promise.resolve(),
    },
  };
  return world;
}

/** Faults that a test switches on and off. */
export interface Faults extends FaultSource {
  source: ((operation: Operation) => Fault | undefined) | undefined;
}

export interface Rig {
  readonly world: TestWorld;
  readonly switch: Switch;
  readonly nat: Nat;
  readonly faults: Faults;
  /** The ASIC below the faults. */
  readonly model: AsicBackend;
  readonly locks: ReturnType<typeof createLocks>;
}

export function rig(profile: Profile = "sidecar"): Rig {
  const world = testWorld();
  const faults: Faults = { source: undefined, next: (operation) => faults.source?.(operation) };
  const model = modelAsic(profile);
  const locks = createLocks();
  const device = new Switch("switch0", world);
  const nat = createNat({ world, switch: device, locks });
  device.attach(chaosAsic(model, faults), modelIdentifiers("switch0", world.ids.uuid()));
  return { world, switch: device, nat, faults, model, locks };
}

export const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

/** `entry("10.0.0.1", 0, 99, 3)`: the last number makes the target. */
export function entry(external: string, low = 0, high = 65_535, target = 1): NatEntryInput {
  return {
    external,
    low,
    high,
    target: {
      internal_ip: `fd00:1122:3344:${(0x100 + target).toString(16)}::1`,
      inner_mac: { a: [0xa8, 0x40, 0x25, 0xf0, 0, target] },
      vni: 100 + target,
    },
  };
}

/** `10.0.0.1/0-99=3`, with the number that `entry` made the target of. */
export function text(row: NatRow): string {
  return `${row.external}/${row.low}-${row.high}=${row.vni - 100}`;
}

/** What the ASIC holds, sorted. */
export function tables({ model }: Rig): string[] {
  return FAMILIES.flatMap((family) => model.table(NAT_TABLES[family]).rows().map(text)).sort();
}

/** What the API shows, with owners, sorted. */
export function soft({ nat }: Rig): string[] {
  const lines: string[] = [];
  for (const family of FAMILIES) {
    for (let after: string | undefined; ;) {
      const page = nat.entries.listAddresses(family, 64, after);
      for (const address of page) {
        for (let low: number | undefined; ;) {
          const entries = nat.entries.listEntries(family, address, 64, low);
          lines.push(...entries.map((one) => `${text(one)}@${one.owner?.name ?? "-"}`));
          low = entries.at(-1)?.low;
          if (low === undefined) break;
        }
      }
      after = page.at(-1);
      if (after === undefined) break;
    }
  }
  return lines.sort();
}

export const withoutOwners = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/@.*/, ""));

/** Everything a client can see. */
export function snapshot(one: Rig): unknown {
  return {
    tables: tables(one),
    soft: soft(one),
    groups: one.nat.groups.list(1000),
    feed: one.nat.feed.position(),
  };
}

/** Whatever was thrown, in one line: kind, code, message. */
export async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DpdError) return `${error.kind} ${error.errorCode ?? "-"} ${error.message}`;
    throw error;
  }
  return "no error";
}
