/** The target's end of a migration: takes the VM in, phase by phase, and lets it run once the source has let go. */
import type { InstanceSpec, MigrationState } from "@racklet/api-types/propolis/latest";
import type { World } from "@racklet/world";
import type { GuestMemory } from "../machine/memory.ts";
import type { Machine } from "../machine/machine.ts";
import type { Dial } from "../net/dial.ts";
import type { SerialHistory } from "../serial/history.ts";
import { canonicalSpec } from "../spec/canonical.ts";
import type { Feature } from "../spec/features.ts";
import { replaceComponents } from "../spec/replace.ts";
import type { IncomingMigration, MigrationRequest } from "../vm/holder.ts";
import type { StateMonitor } from "../vm/state-monitor.ts";
import type { Vm } from "../vm/vm.ts";
import { LINK_DEADLINE_MS, Link, LinkClosedError } from "./link.ts";
import { PROTOCOL } from "./messages.ts";
import { hasLetGo } from "./ask-source.ts";
import { hashOf } from "./source.ts";

export interface TargetOptions {
  readonly world: World;
  readonly dial: Dial;
  readonly features: ReadonlySet<Feature>;
  /** `ip:port` where this server is reached. */
  readonly address: () => string;
  /** Throws for what has not the shape of a specification. */
  readonly checkShape: (spec: unknown) => InstanceSpec;
  readonly request: MigrationRequest;
  readonly monitor: StateMonitor;
}

export class MigrationTarget implements IncomingMigration {
  readonly #options: TargetOptions;
  #link: Link | undefined;

  constructor(options: TargetOptions) {
    this.#options = options;
  }

  async sync(): Promise<InstanceSpec> {
    const { dial, world, request, features, checkShape } = this.#options;
    const link = new Link(await dial(request.sourceAddr, request.migrationId, LINK_DEADLINE_MS), world.timers);
    this.#link = link;
    link.sendText(PROTOCOL);
    const answer = await link.receiveFrame();
    if (answer !== PROTOCOL)
      throw new Error(`the source did not agree to ${PROTOCOL}: ${String(answer).slice(0, 200)}`);
    const { spec } = await link.expect("preamble");
    return replaceComponents(canonicalSpec(checkShape(spec)), request.replacements, features);
  }

  async receive(vm: Vm): Promise<void> {
    const link = this.#link;
    if (link === undefined) throw new Error("the source has not been reached yet");
    try {
      link.send({ type: "accepted", destination: this.#options.address() });
      await this.#takeState(vm, link);
      await expectPhase(link, "Finish");
      vm.checkActive();
      await this.#awaitCommit(link);
      link.close();
    } catch (error) {
      link.fail(error);
      throw error;
    }
  }

  fail(reason: string): void {
    this.#link?.fail(reason);
  }

  async #takeState({ machine, console }: Vm, link: Link): Promise<void> {
    await this.#enter(link, "RamPush");
    await takePages(link, machine.memory);
    this.#publish("Pause");
    await this.#enter(link, "RamPushDirty");
    await takePages(link, machine.memory);
    await this.#enter(link, "Device");
    machine.importDevices((await link.expect("devices")).devices);
    link.send({ type: "okay" });
    await this.#enter(link, "RamPull");
    await pullMemory(link, machine);
    await this.#enter(link, "Server");
    await takeHistory(link, console.history);
    link.send({ type: "okay" });
  }

  async #enter(link: Link, phase: MigrationState): Promise<void> {
    await expectPhase(link, phase);
    this.#publish(phase);
  }

  #publish(state: MigrationState): void {
    this.#options.monitor.publish({ migrationIn: { id: this.#options.request.migrationId, state } });
  }

  // When the link breaks just now, the source has decided or will: it is asked how.
  async #awaitCommit(link: Link): Promise<void> {
    try {
      link.send({ type: "okay" });
      await link.expect("commit");
    } catch (error) {
      if (!(error instanceof LinkClosedError)) throw error;
      const { world, request } = this.#options;
      if (!(await hasLetGo(world, request.sourceAddr, request.migrationId))) throw error;
    }
  }
}

async function expectPhase(link: Link, phase: MigrationState): Promise<void> {
  const { phase: begun } = await link.expect("phase");
  if (begun !== phase) throw new Error(`the source began ${begun} where ${phase} was due`);
}

async function takePages(link: Link, memory: GuestMemory): Promise<void> {
  for (;;) {
    const message = await link.expect("page", "done");
    if (message.type === "done") break;
    memory.load(message.number, message.bytes);
  }
  link.send({ type: "okay" });
}

/** Fetches the pages that are not as the source has them, until all are. */
async function pullMemory(link: Link, { memory }: Machine): Promise<void> {
  const { pages } = await link.expect("manifest");
  const lacking = () => pages.filter(([page, hash]) => hashOf(memory.read(page)) !== hash).map(([page]) => page);
  link.send({ type: "fetch", pages: lacking() });
  await takePages(link, memory);
  const [wrong] = lacking();
  if (wrong !== undefined) throw new Error(`page ${wrong} of memory is not as the source has it`);
}

async function takeHistory(link: Link, history: SerialHistory): Promise<void> {
  const pieces: Record<"beginning" | "rolling", Uint8Array[]> = { beginning: [], rolling: [] };
  for (;;) {
    const message = await link.expect("beginning", "rolling", "history");
    if (message.type !== "history") {
      pieces[message.type].push(message.bytes);
      continue;
    }
    const [beginning, rolling] = [Buffer.concat(pieces.beginning), Buffer.concat(pieces.rolling)];
    return history.import({ total: message.total, beginning, rolling });
  }
}
