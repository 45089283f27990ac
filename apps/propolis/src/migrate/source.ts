/**
 * The source's end of a migration. It alone decides when the VM has gone: until then every failure leaves its guest
 * running, from then on nothing brings it back. So there is never a second one.
 */
import { createHash } from "node:crypto";
import type { MigrationState } from "@racklet/api-types/propolis/latest";
import type { Timers } from "@racklet/world";
import { reasonOf } from "../errors.ts";
import type { GuestMemory } from "../machine/memory.ts";
import type { Vm } from "../vm/vm.ts";
import type { Link } from "./link.ts";
import { PROTOCOL } from "./messages.ts";

export interface SourceOptions {
  readonly migrationId: string;
  readonly link: Link;
  readonly timers: Timers;
  readonly phaseMs: number;
}

const PIECE_BYTES = 65_536;

/** Resolves with whether the VM has gone. */
export async function sendVm(vm: Vm, options: SourceOptions): Promise<boolean> {
  const { migrationId: id, link, timers, phaseMs } = options;
  const enter = async (phase: MigrationState): Promise<void> => {
    vm.publish({ state: "Migrating", migrationOut: { id, state: phase } });
    await timers.sleep(phaseMs);
  };
  try {
    await enter("Sync");
    await agree(link);
    link.send({ type: "preamble", spec: vm.spec });
    const { destination } = await link.expect("accepted");
    const tell = async (phase: MigrationState): Promise<void> => {
      await enter(phase);
      link.send({ type: "phase", phase });
    };
    await sendState(vm, link, enter, tell);
    // Published as finished only once it is: who asks must not take the intent for the deed.
    link.send({ type: "phase", phase: "Finish" });
    await link.expect("okay");
    vm.checkActive();
    // Sending throws when nobody listens: then the guest stays. Once sent, it has gone, whether or not it was received.
    link.send({ type: "commit" });
    vm.console.migrate(destination);
    vm.publish({ migrationOut: { id, state: "Finish" } });
    link.close();
    return true;
  } catch (error) {
    vm.log.warn({ migration_id: id, reason: reasonOf(error) }, "the migration failed; the VM stays");
    link.fail(error);
    vm.resume();
    vm.publish({ state: "Running", migrationOut: { id, state: "Error" } });
    return false;
  }
}

async function agree(link: Link): Promise<void> {
  const offer = await link.receiveFrame();
  const offered = typeof offer === "string" ? offer.split(",") : [];
  if (!offered.includes(PROTOCOL)) throw new Error(`no common protocol: offered ${String(offer)}, known ${PROTOCOL}`);
  link.sendText(PROTOCOL);
}

type Enter = (phase: MigrationState) => Promise<void>;

async function sendState(vm: Vm, link: Link, enter: Enter, tell: Enter): Promise<void> {
  const { machine, console } = vm;
  const { memory } = machine;
  await tell("RamPush");
  memory.takeDirty();
  await sendPages(link, memory, memory.pages());
  await enter("Pause");
  machine.pause();
  await tell("RamPushDirty");
  await sendPages(link, memory, memory.takeDirty());
  await tell("Device");
  link.send({ type: "devices", devices: machine.exportDevices() });
  await link.expect("okay");
  await tell("RamPull");
  link.send({ type: "manifest", pages: memory.pages().map((page) => [page, hashOf(memory.read(page))]) });
  await sendPages(link, memory, (await link.expect("fetch")).pages);
  await tell("Server");
  const { total, beginning, rolling } = console.history.export();
  for (const [type, bytes] of [["beginning", beginning] as const, ["rolling", rolling] as const]) {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      link.send({ type, number: at, bytes: bytes.subarray(at, at + PIECE_BYTES) });
    }
  }
  link.send({ type: "history", total });
  await link.expect("okay");
}

async function sendPages(link: Link, memory: GuestMemory, pages: readonly number[]): Promise<void> {
  for (const number of pages) link.send({ type: "page", number, bytes: memory.read(number) });
  link.send({ type: "done" });
  await link.expect("okay");
}

export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
