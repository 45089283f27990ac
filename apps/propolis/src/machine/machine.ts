/**
 * A machine that only pretends: a guest with memory and a serial port, and disks without data. It makes real what can be
 * seen from outside a VM, its timing included, and costs a few kilobytes.
 */
import type { InstanceSpec } from "@racklet/api-types/propolis/latest";
import type { World } from "@racklet/world";
import { PropolisError } from "../errors.ts";
import type { SerialConsole } from "../serial/console.ts";
import { componentsOf } from "../spec/canonical.ts";
import { bootMessages } from "./boot.ts";
import { Guest } from "./guest.ts";
import { GuestMemory } from "./memory.ts";
import type { VmTiming } from "./timing.ts";
import { parseVolumeRequest } from "./volume-request.ts";

export interface MachineOptions {
  readonly world: Pick<World, "clock" | "timers">;
  readonly spec: InstanceSpec;
  readonly hostname: string;
  readonly timing: VmTiming;
  readonly console: SerialConsole;
  /** What the guest asks of its machine. */
  readonly onPowerOff: () => void;
  readonly onReset: () => void;
}

/** Of each device by key: what another machine needs to go on in its place. */
export type DeviceStates = Readonly<Record<string, { readonly type: string }>>;

export class Machine {
  readonly memory = new GuestMemory();
  readonly #guest: Guest;
  readonly #devices: ReadonlyMap<string, string>;
  #exportsToFail = 0;
  #importsToFail = 0;

  /** Throws `createFailed` for a disk that cannot be made. */
  constructor({ world, spec, hostname, timing, console, onPowerOff, onReset }: MachineOptions) {
    const components = componentsOf(spec);
    for (const [key, entry] of components) {
      if (entry.type === "crucible_storage_backend" && parseVolumeRequest(entry.component.request_json) === null) {
        throw new PropolisError("createFailed", `request_json of ${key} is no volume construction request`);
      }
      if (entry.type === "migration_failure_injector") {
        this.#exportsToFail = entry.component.fail_exports;
        this.#importsToFail = entry.component.fail_imports;
      }
    }
    this.#devices = new Map(components.filter(isDevice).map(([key, { type }]) => [key, type]));
    const messages = bootMessages(spec, hostname);
    this.#guest = new Guest(world, {
      memory: this.memory,
      hostname,
      bootMessages: messages,
      stepMs: timing.guestMs / (messages.length + 1),
      print: (text) => console.write(text),
      powerOff: onPowerOff,
      reset: onReset,
    });
    console.onInput = (bytes) => this.#guest.input(bytes);
  }

  /** Power-on, or a reset. */
  boot(): void {
    this.#guest.boot();
  }

  pause(): void {
    this.#guest.pause();
  }

  resume(): void {
    this.#guest.resume();
  }

  interrupt(): void {
    this.#guest.interrupt();
  }

  /** Throws where a failure injector says so. */
  exportDevices(): DeviceStates {
    if (this.#exportsToFail > 0) {
      this.#exportsToFail -= 1;
      throw new Error("injected failure of the export of device state");
    }
    return Object.fromEntries([...this.#devices].map(([key, type]) => [key, { type }]));
  }

  /** Throws where a failure injector says so, or when the devices are not those of this machine. */
  importDevices(states: DeviceStates): void {
    if (this.#importsToFail > 0) {
      this.#importsToFail -= 1;
      throw new Error("injected failure of the import of device state");
    }
    const own = new Map(this.#devices);
    for (const [key, { type }] of Object.entries(states)) {
      if (own.get(key) !== type) throw new Error(`state of a ${type} ${key}, which is not in this machine`);
      own.delete(key);
    }
    const [missing] = own.keys();
    if (missing !== undefined) throw new Error(`no state of device ${missing}`);
  }
}

function isDevice([, { type }]: readonly [string, { readonly type: string }]): boolean {
  return !type.endsWith("_backend") && type !== "boot_settings" && type !== "migration_failure_injector";
}
