/** Runs one VM on its own, without a control plane: for somebody at a terminal. */
import type { InstanceSpec, InstanceState } from "@racklet/api-types/propolis/latest";
import type { World } from "@racklet/world";
import { PropolisError } from "../errors.ts";
import type { VmHolder } from "../vm/holder.ts";
import type { Vm } from "../vm/vm.ts";

export interface LocalVmOptions {
  readonly name: string;
  readonly spec: InstanceSpec;
  /** Takes what the guest writes to its serial console. */
  readonly output: (bytes: Uint8Array) => void;
}

export interface LocalVm {
  /** What is typed at the serial console. */
  input(bytes: Uint8Array): void;
  /** Ends the VM from outside; ignored when it has ended. */
  stop(): void;
  /** Resolves with the state that the VM ended in, or was in when its server was closed. */
  readonly ended: Promise<InstanceState>;
}

const NIL = "00000000-0000-0000-0000-000000000000";

/** Creates the VM and lets it run. Throws PropolisError for a specification that makes none. */
export async function runVm(vms: VmHolder, world: Pick<World, "ids">, options: LocalVmOptions): Promise<LocalVm> {
  const { name, spec, output } = options;
  const metadata = { silo_id: NIL, project_id: NIL, sled_id: NIL, sled_serial: "", sled_revision: 0, sled_model: "" };
  await vms.ensure({ id: world.ids.uuid(), name, description: "", metadata }, { method: "Spec", spec });
  const vm = vms.active();
  vm.console.attach(
    {
      bufferedBytes: 0,
      send: (frame) => {
        if (typeof frame !== "string") output(frame);
      },
      listen: () => {},
      close: () => {},
    },
    { fromStart: 0 },
  );
  vm.putState("Run");
  return {
    input: (bytes) => vm.console.onInput(bytes),
    stop: () => {
      if (vm.isActive) vm.putState("Stop");
    },
    ended: endOf(vm),
  };
}

async function endOf({ monitor }: Vm): Promise<InstanceState> {
  for (;;) {
    const { gen, state } = monitor.current;
    if (state === "Destroyed" || state === "Failed") return state;
    try {
      await monitor.wait(gen + 1);
    } catch (error) {
      // The server was closed under it.
      if (error instanceof PropolisError) return monitor.current.state;
      throw error;
    }
  }
}
