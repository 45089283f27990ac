/**
 * Registers this sled, and its switch where it has one, with Nexus and keeps it so: looks again now and then, because Nexus
 * may have come back with an empty database. One request at a time.
 */
import { backoffMs, type World } from "@racklet/world";
import { reasonOf } from "../errors.ts";
import type { Nexus, SledDescription, SwitchDescription } from "../nexus/nexus.ts";
import { decide, sent, type Known } from "./decide.ts";

export interface RegistrarOptions {
  readonly world: Pick<World, "timers" | "random" | "log">;
  readonly nexus: Pick<Nexus, "findSled" | "putSled" | "putSwitch">;
  readonly sledId: string;
  readonly description: SledDescription;
  /** Told to Nexus whenever the sled is. */
  readonly switch: SwitchDescription | undefined;
}

export type RegistrationState = "pending" | "registered" | "decommissioned";

const RECHECK_MS = 5_000;
const BACKOFF = { baseMs: 50, maxMs: 2_000 };

export class Registrar {
  readonly #options: RegistrarOptions;
  #known: Known = { kind: "unknown" };
  #isAnnounced = false;
  #isSwitchKnown = false;
  #state: RegistrationState = "pending";
  #lastError: string | undefined;

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  get status(): { readonly state: RegistrationState; readonly lastError: string | undefined } {
    return { state: this.#state, lastError: this.#lastError };
  }

  /** Until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { timers, random, log } = this.#options.world;
    for (let attempt = 0; !signal.aborted;) {
      let pause = 0;
      try {
        if (await this.#step(signal)) pause = RECHECK_MS;
        attempt = 0;
        this.#lastError = undefined;
      } catch (error) {
        if (signal.aborted) return;
        // Whatever went wrong, what Nexus has is no longer certain: start over by asking.
        this.#known = { kind: "unknown" };
        this.#lastError = reasonOf(error);
        log.warn({ reason: this.#lastError, attempt }, "cannot register with Nexus yet");
        pause = backoffMs(random, attempt, BACKOFF);
        attempt += 1;
      }
      if (pause > 0) await timers.sleep(pause, signal).catch(() => undefined);
    }
  }

  /** Does the next thing; true when there was nothing to do, and then asks anew next time. */
  async #step(signal: AbortSignal): Promise<boolean> {
    const { nexus, sledId, description, switch: ofSled, world } = this.#options;
    const step = decide(this.#known, description, this.#isAnnounced);
    switch (step.do) {
      case "fetch": {
        const sled = await nexus.findSled(sledId, signal);
        this.#known = sled === undefined ? { kind: "notFound" } : { kind: "found", sled };
        return false;
      }
      case "send": {
        this.#state = "pending";
        this.#isSwitchKnown = false;
        const { generation } = step;
        await nexus.putSled(sledId, { description, generation }, signal);
        this.#isAnnounced = true;
        this.#known = sent(description, generation);
        world.log.info({ generation }, "registered with Nexus");
        return false;
      }
      case "rest":
        if (step.because === "registered" && ofSled !== undefined && !this.#isSwitchKnown) {
          await nexus.putSwitch(ofSled, signal);
          this.#isSwitchKnown = true;
        }
        this.#state = step.because;
        this.#known = { kind: "unknown" };
        return true;
    }
  }
}
