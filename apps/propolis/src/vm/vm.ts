/** One VM from its creation to its end: does what its queue holds, one thing after the other, and publishes every state. */
import type { InstanceProperties, InstanceSpec, InstanceStateRequested } from "@racklet/api-types/propolis/latest";
import type { World } from "@racklet/world";
import { type PropolisError, noInstance } from "../errors.ts";
import { Machine } from "../machine/machine.ts";
import type { VmTiming } from "../machine/timing.ts";
import { SerialConsole } from "../serial/console.ts";
import { RequestQueue } from "./request-queue.ts";
import type { MigrationStatus, PublishedState, StateMonitor } from "./state-monitor.ts";
import { volumesOf, type Volumes } from "./volumes.ts";

export interface VmOptions {
  readonly world: Pick<World, "clock" | "timers" | "random" | "ids" | "log">;
  readonly timing: VmTiming;
  readonly properties: InstanceProperties;
  /** Checked, keys canonical. */
  readonly spec: InstanceSpec;
  readonly monitor: StateMonitor;
}

/** Gives the VM away. True when it has gone; false when it stays, its guest running again. Publishes phases itself. */
export type MigrationOut = () => Promise<boolean>;

const KINDS = { Run: "run", Stop: "stop", Reboot: "reboot" } as const;

export class Vm {
  readonly properties: InstanceProperties;
  readonly console = new SerialConsole();
  readonly machine: Machine;
  readonly volumes: Volumes;
  readonly monitor: StateMonitor;
  readonly #options: VmOptions;
  readonly #queue: RequestQueue;
  #isActive = true;
  /** Ends the pause under way. */
  #cutShort: (() => void) | undefined;

  /** Throws `createFailed`. The VM does nothing before `run`. */
  constructor(options: VmOptions, initial: "notStarted" | "startPending") {
    this.#options = options;
    this.properties = options.properties;
    this.monitor = options.monitor;
    this.#queue = new RequestQueue(initial, () => this.#cutShort?.());
    this.machine = new Machine({
      world: options.world,
      spec: options.spec,
      hostname: options.properties.name,
      timing: options.timing,
      console: this.console,
      onPowerOff: () => this.#queue.putFromGuest("stop"),
      onReset: () => this.#queue.putFromGuest("reboot"),
    });
    this.volumes = volumesOf(options.spec, this.#queue, options.world.ids);
  }

  /** With the volumes as they are now. */
  get spec(): InstanceSpec {
    return this.volumes.applyTo(this.#options.spec);
  }

  /** It takes requests. */
  get isActive(): boolean {
    return this.#isActive;
  }

  get log(): World["log"] {
    return this.#options.world.log;
  }

  /** Queued, or ignored. Throws `stateChangeRefused`. */
  putState(request: InstanceStateRequested): void {
    this.#queue.put({ kind: KINDS[request] });
  }

  /** Throws as `putMigrationOut` would now. */
  checkMigrationOut(): void {
    this.#queue.check("migrateOut");
  }

  /** As `putState`. `drop` is called instead of `migrate` when the VM ends before. */
  putMigrationOut(migrate: MigrationOut, drop: (reason: PropolisError) => void): void {
    this.#queue.put({ kind: "migrateOut", run: async () => void (await this.#migrateOut(migrate)), drop });
  }

  publish(change: Partial<Omit<PublishedState, "gen">>): void {
    if (this.#isActive) this.monitor.publish(change);
  }

  /** Lets the guest go on after `machine.pause`, unless the VM has ended meanwhile. */
  resume(): void {
    if (this.#isActive) this.machine.resume();
  }

  /** Runs until the VM has ended. `migrationIn` fills the machine first; `id` is the migration's. Never rejects. */
  async run(migrationIn?: { readonly id: string; readonly receive: () => Promise<void> }): Promise<void> {
    try {
      if (migrationIn !== undefined) await this.#migrateIn(migrationIn.id, migrationIn.receive);
      while (this.#isActive) await this.#doNext();
    } catch (error) {
      if (!this.#isActive) return;
      this.log.error({ err: error }, "the VM failed");
      this.#fail({});
    }
  }

  /** Throws `noInstance` once it has ended. */
  checkActive(): void {
    if (!this.#isActive) throw noInstance();
  }

  /** Ends it at once, without another word to whoever watches but that it is gone. */
  close(): void {
    this.#queue.end("stopped");
    this.#end("the server is closing", () => noInstance());
  }

  async #doNext(): Promise<void> {
    const work = await this.#queue.next();
    switch (work.kind) {
      case "run":
        return this.#start();
      case "stop":
        return this.#stop();
      case "reboot":
        return this.#reboot();
      case "migrateOut":
      case "replaceVolume":
        return work.run?.();
    }
  }

  async #start(): Promise<void> {
    this.publish({ state: "Starting" });
    await this.#pause(this.#bootMs());
    // There is no guest yet to wait for.
    if (this.#queue.status.awaitsStop) return this.#halt();
    this.machine.boot();
    this.#queue.started();
    this.publish({ state: "Running" });
  }

  async #reboot(): Promise<void> {
    this.publish({ state: "Rebooting" });
    this.machine.pause();
    await this.#pause(this.#bootMs());
    if (this.#queue.status.awaitsStop) return;
    this.machine.boot();
    this.#queue.rebooted();
    this.publish({ state: "Running" });
  }

  async #stop(): Promise<void> {
    this.machine.pause();
    this.publish({ state: "Stopping" });
    await this.#pause(this.#options.timing.stopMs);
    await this.#halt();
  }

  async #halt(): Promise<void> {
    this.#queue.end("stopped");
    this.publish({ state: "Stopped" });
    await this.#pause(this.#options.timing.stopMs);
    this.publish({ state: "Destroyed" });
    this.#end("VM stopped");
  }

  async #migrateOut(migrate: MigrationOut): Promise<void> {
    if (!(await migrate())) return this.#queue.migrationOutFailed();
    this.#queue.end("migratedOut");
    this.publish({ state: "Stopping" });
    await this.#pause(this.#options.timing.stopMs);
    this.publish({ state: "Destroyed" });
    this.#end("VM migrated");
  }

  async #migrateIn(id: string, receive: () => Promise<void>): Promise<void> {
    try {
      await receive();
      this.checkActive();
    } catch (error) {
      this.log.error({ err: error, migration_id: id }, "the migration into this VM failed");
      return this.#fail({ migrationIn: { id, state: "Error" } });
    }
    this.#queue.started();
    this.publish({ state: "Running", migrationIn: { id, state: "Finish" } });
    this.resume();
  }

  #fail(change: { readonly migrationIn?: MigrationStatus }): void {
    this.machine.pause();
    this.#queue.end("failed");
    this.publish({ ...change, state: "Failed" });
    this.#end("VM failed");
  }

  #end(reason: string, watchersGet?: () => PropolisError): void {
    if (!this.#isActive) return;
    this.#isActive = false;
    this.machine.pause();
    this.#cutShort?.();
    this.console.close(reason);
    this.monitor.end(watchersGet);
  }

  #bootMs(): number {
    const [min, max] = this.#options.timing.bootMs;
    return min + this.#options.world.random.next() * (max - min);
  }

  /** Shorter when a stop is asked for, or when it is ended. Rejects when it is ended. */
  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#options.world.timers.after(ms, resolve);
      this.#cutShort = () => {
        cancel();
        resolve();
      };
    });
    this.#cutShort = undefined;
    this.checkActive();
  }
}
