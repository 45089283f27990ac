/** VMs brought to a state, on virtual time. */
import type { InstanceSpec } from "@racklet/api-types/propolis/latest";
import { expect } from "vitest";
import { rig, specRequest, type Answer, type Rig } from "./rig.ts";

export const put = (it: Rig, state: string): Promise<Answer> => it.ask("PUT /instance/state", state);

export async function stateOf(it: Rig): Promise<string> {
  return ((await it.ask("GET /instance")).body as { instance: { state: string } }).instance.state;
}

/** Lets time pass until the VM is in the state. */
export const reaches = (it: Rig, state: string): Promise<void> =>
  it.sim.clock.runUntil(async () => (await stateOf(it)) === state, { what: state, seen: () => stateOf(it) });

export async function created(it: Rig = rig(), spec?: InstanceSpec): Promise<Rig> {
  expect(await it.ask("PUT /instance", specRequest(spec))).toEqual({ status: 201, body: { migrate: null } });
  return it;
}

export async function running(it: Rig = rig(), spec?: InstanceSpec): Promise<Rig> {
  await created(it, spec);
  expect((await put(it, "Run")).status).toBe(204);
  await reaches(it, "Running");
  return it;
}
