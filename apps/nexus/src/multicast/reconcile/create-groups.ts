/** Brings new groups to exist: maps each onto the underlay and starts its saga on the switches that can be reached. */
import { deadlineSignal } from "@racklet/world";
import { mapBounded } from "../../bounded.ts";
import type { NexusContext } from "../../context.ts";
import { SWITCH_SLOTS, type SwitchSlot } from "../../peers/switches.ts";
import { multicastGroupDpdEnsure } from "../../sagas/multicast-group-dpd-ensure.ts";
import { ensureUnderlayRow } from "../underlay-rows.ts";
import type { Facts } from "./facts.ts";
import { multicastPeers } from "./peers.ts";
import { Retries } from "./retries.ts";
import type { GroupRow } from "./rows.ts";
import { groupRule } from "./states.ts";
import type { Target } from "./target.ts";

/** Sagas at once, and in one pass. */
const AT_ONCE = 16;
const PER_PASS = 1_000;
/** How long a switch may take to say that it is there. */
const PATIENCE_MS = 1_000;

export interface Creation {
  readonly created: number;
  /** Why groups wait, or were refused. */
  readonly errors: readonly string[];
  /** Some were refused: they are tried again, later each time. */
  readonly refused: boolean;
  /** There are more than one pass takes. */
  readonly isPartial: boolean;
}

export class GroupCreator {
  readonly #nexus: NexusContext;
  readonly #switches: readonly Target[];
  readonly #retries: Retries;

  constructor(nexus: NexusContext, switches: readonly Target[]) {
    this.#nexus = nexus;
    this.#switches = switches;
    this.#retries = new Retries(nexus.world);
  }

  /** `factsWhen` answers the facts given whether any switch can be reached. */
  async create(
    groups: readonly GroupRow[],
    factsWhen: (switchReachable: boolean) => Facts,
    signal: AbortSignal,
  ): Promise<Creation> {
    const hopeful = factsWhen(true);
    const awaited = groups.filter((group) => hopeful.isAwaited(group));
    const errors: string[] = [];
    if (awaited.length === 0) return { created: 0, errors, refused: false, isPartial: false };
    const { slots, reasons } = await this.#reachableSwitches(signal);
    if (slots.length === 0) errors.push(`${awaited.length} groups wait for a switch: ${reasons.join("; ")}`);
    const facts = factsWhen(slots.length > 0);
    const due = awaited.filter(
      (group) => groupRule(facts.group(group)).action === "ensure" && this.#retries.isDue(group.id),
    );
    const now = due.slice(0, PER_PASS);
    const refusals = (await mapBounded(now, AT_ONCE, (group) => this.#createOne(group, slots))).flat();
    return {
      created: now.length - refusals.length,
      errors: [...errors, ...refusals],
      refused: refusals.length > 0,
      isPartial: due.length > now.length,
    };
  }

  /** Answers why it was refused. */
  async #createOne({ id, ip }: GroupRow, slots: readonly SwitchSlot[]): Promise<string[]> {
    try {
      if ((await ensureUnderlayRow(this.#nexus, id)) !== undefined) {
        const { result } = await this.#nexus.sagas.start(multicastGroupDpdEnsure, { groupId: id, slots });
        await result;
      }
      this.#retries.forget(id);
      return [];
    } catch (error) {
      this.#retries.failed(id);
      return [`${ip}: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  /** Those whose dpd answers that it has its ASIC. One that did not answer last time is not waited for when another did. */
  async #reachableSwitches(outer: AbortSignal): Promise<{ slots: SwitchSlot[]; reasons: string[] }> {
    const missed = (slot: SwitchSlot): boolean => this.#switches[slot]?.last?.outcome === "unreachable";
    const answered = SWITCH_SLOTS.filter((slot) => !missed(slot));
    const { signal, cancel } = deadlineSignal(this.#nexus.world.timers, PATIENCE_MS, outer);
    const asked = await Promise.all(
      (answered.length > 0 ? answered : SWITCH_SLOTS).map((slot) => this.#ask(slot, signal)),
    );
    cancel();
    return {
      slots: asked.filter((answer) => typeof answer === "number"),
      reasons: asked.filter((answer) => typeof answer === "string"),
    };
  }

  /** Answers the slot, or why it is not there. */
  async #ask(slot: SwitchSlot, signal: AbortSignal): Promise<SwitchSlot | string> {
    const peers = multicastPeers(this.#nexus);
    try {
      const peer = await peers.switchAt(slot, signal);
      try {
        await peer.dpd.switch_identifiers({}, { signal });
        return slot;
      } catch (error) {
        peers.forget(peer);
        throw error;
      }
    } catch (error) {
      return `switch${slot}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
