/** The one VM of a server, or that there is none: creates it, and keeps telling of it after it has ended. */
import type { InstanceProperties, InstanceSpec, ReplacementComponent } from "@racklet/api-types/propolis/latest";
import type { World } from "@racklet/world";
import { PropolisError, badSpec, noInstance, reasonOf } from "../errors.ts";
import type { VmTiming } from "../machine/timing.ts";
import { canonicalReplacements, canonicalSpec } from "../spec/canonical.ts";
import type { Feature } from "../spec/features.ts";
import { specIssue } from "../spec/validate.ts";
import { StateMonitor } from "./state-monitor.ts";
import { Vm } from "./vm.ts";

export interface MigrationRequest {
  readonly migrationId: string;
  /** `ip:port` of the source. */
  readonly sourceAddr: string;
  readonly replacements: ReadonlyMap<string, ReplacementComponent>;
}

/** The target's end of a migration, as far as creating a VM goes. */
export interface IncomingMigration {
  /** Connects, and resolves with the specification of the source, replaced. */
  sync(): Promise<InstanceSpec>;
  /** The VM's objects exist: fills them. Resolves when the source has let go, and the VM may run. */
  receive(vm: Vm): Promise<void>;
  /** Tells the source that this failed. */
  fail(reason: string): void;
}

export type OpenMigration = (request: MigrationRequest, monitor: StateMonitor) => IncomingMigration;

export type VmInit =
  | { readonly method: "Spec"; readonly spec: InstanceSpec }
  | {
      readonly method: "MigrationTarget";
      readonly migrationId: string;
      readonly sourceAddr: string;
      readonly replaceComponents: Readonly<Record<string, ReplacementComponent>>;
    };

export interface VmRecord {
  readonly properties: InstanceProperties;
  readonly monitor: StateMonitor;
  /** What it was to be made from; undefined for the target of a migration, which learns it from its source. */
  readonly spec: InstanceSpec | undefined;
  /** Undefined until it is created. */
  vm: Vm | undefined;
  /** Being created. */
  isWaiting: boolean;
}

export interface HolderOptions {
  readonly world: World;
  readonly timing: VmTiming;
  readonly features: ReadonlySet<Feature>;
  readonly openMigration: OpenMigration;
}

export class VmHolder {
  readonly #options: HolderOptions;
  #record: VmRecord | undefined;
  #isClosed = false;

  constructor(options: HolderOptions) {
    this.#options = options;
  }

  /** The VM, or the last one. Throws `noInstance` when there never was one. */
  last(): VmRecord {
    if (this.#record === undefined) throw noInstance();
    return this.#record;
  }

  /** Throws `noInstance` unless the VM takes requests. */
  active(): Vm {
    const vm = this.#record?.vm;
    if (vm === undefined) throw noInstance();
    vm.checkActive();
    return vm;
  }

  /** Resolves when the VM's objects exist. Throws `badSpec`, `alreadyInitialized`, `createFailed`. */
  async ensure(properties: InstanceProperties, init: VmInit): Promise<void> {
    if (init.method === "Spec") {
      const spec = this.#check(canonicalSpec(init.spec));
      const record = this.#begin({ properties, spec, monitor: new StateMonitor("Creating") });
      return this.#create(record, spec);
    }
    const { migrationId, sourceAddr, replaceComponents } = init;
    const replacements = canonicalReplacements(replaceComponents);
    const monitor = new StateMonitor("Migrating", { id: migrationId, state: "Sync" });
    const record = this.#begin({ properties, spec: undefined, monitor });
    return this.#createFrom(record, { migrationId, sourceAddr, replacements });
  }

  /** No VM is created from here on, not even one that is about to be. */
  close(): void {
    this.#isClosed = true;
    this.#record?.vm?.close();
    this.#record?.monitor.end(() => noInstance());
  }

  #check(spec: InstanceSpec): InstanceSpec {
    const issue = specIssue(spec, this.#options.features);
    if (issue !== null) throw badSpec(issue);
    return spec;
  }

  #begin(made: Pick<VmRecord, "properties" | "spec" | "monitor">): VmRecord {
    const current = this.#record;
    if (current !== undefined && (current.isWaiting || current.vm?.isActive === true)) {
      throw new PropolisError("alreadyInitialized", "instance already initialized");
    }
    const record = { ...made, vm: undefined, isWaiting: true };
    this.#record = record;
    return record;
  }

  #create(record: VmRecord, spec: InstanceSpec): void {
    try {
      record.vm = this.#newVm(record, spec, "notStarted");
      void record.vm.run();
    } catch (error) {
      record.monitor.publish({ state: "Failed" });
      throw this.#creationFailed(record, error);
    } finally {
      record.isWaiting = false;
    }
  }

  async #createFrom(record: VmRecord, request: MigrationRequest): Promise<void> {
    const migration = this.#options.openMigration(request, record.monitor);
    const { migrationId: id } = request;
    try {
      const spec = this.#check(canonicalSpec(await migration.sync()));
      const vm = this.#newVm(record, spec, "startPending");
      record.vm = vm;
      void vm.run({ id, receive: () => migration.receive(vm) });
    } catch (error) {
      migration.fail(reasonOf(error));
      record.monitor.publish({ state: "Failed", migrationIn: { id, state: "Error" } });
      throw this.#creationFailed(record, error);
    } finally {
      record.isWaiting = false;
    }
  }

  #newVm(record: VmRecord, spec: InstanceSpec, initial: "notStarted" | "startPending"): Vm {
    if (this.#isClosed) throw noInstance();
    const { world, timing } = this.#options;
    return new Vm({ world, timing, properties: record.properties, spec, monitor: record.monitor }, initial);
  }

  #creationFailed(record: VmRecord, error: unknown): PropolisError {
    record.monitor.end();
    return new PropolisError("createFailed", `cannot create the VM: ${reasonOf(error)}`, error);
  }
}
