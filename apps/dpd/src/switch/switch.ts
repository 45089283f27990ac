/**
 * The switch this dpd drives: which ASIC is attached, since when, and who it is. Losing the ASIC does not end the
 * process. Tables live in the ASIC, so both a loss and an arrival make every domain forget its soft state: nothing is
 * ever shown as programmed that is not. The instance id changes with each arrival, so that clients can tell.
 */
import type { World } from "@racklet/world";
import type { AsicBackend } from "../asic/backend.ts";
import { emptyAsic } from "../asic/empty.ts";
import { DpdError, asicUnavailable } from "../errors.ts";
import { TABLES } from "../table/catalogue.ts";
import type { SwitchIdentifiers } from "./identifiers.ts";

export type SwitchState = "starting" | "ready" | "asic_absent" | "asic_failed";

export interface SwitchStatus {
  readonly state: SwitchState;
  /** Milliseconds since the epoch of the last change of state. */
  readonly since: number;
  /** Of the latest arrival of an ASIC; null before the first. */
  readonly instanceId: string | null;
  readonly backend: string | null;
  readonly lastError: string | null;
}

type SwitchWorld = Pick<World, "clock" | "ids" | "log">;

export class Switch {
  readonly name: string;
  readonly #world: SwitchWorld;
  readonly #startedAt: number;
  readonly #forget: (() => void)[] = [];
  #state: SwitchState = "starting";
  #since: number;
  #asic: AsicBackend | undefined;
  #identifiers: SwitchIdentifiers | undefined;
  #instanceId: string | null = null;
  #lastError: string | null = null;

  constructor(name: string, world: SwitchWorld) {
    this.name = name;
    this.#world = world;
    this.#startedAt = world.clock.monotonicMs();
    this.#since = world.clock.now();
  }

  /** `forget` drops a domain's soft state; it must not throw. */
  onForget(forget: () => void): void {
    this.#forget.push(forget);
  }

  /** Takes an ASIC into use from empty tables. When they cannot be emptied the state is `asic_failed`. */
  attach(asic: AsicBackend, identifiers: SwitchIdentifiers): void {
    try {
      emptyAsic(asic, TABLES);
    } catch (error) {
      this.fail(`the tables of the ASIC cannot be emptied: ${String(error)}`);
      return;
    }
    this.#asic = asic;
    this.#identifiers = identifiers;
    this.#instanceId = this.#world.ids.uuid();
    this.#lastError = null;
    this.#enter("ready");
  }

  /** The ASIC is gone. */
  detach(reason: string): void {
    this.#lose("asic_absent", reason);
  }

  /** The ASIC is there and cannot be used. */
  fail(reason: string): void {
    this.#lose("asic_failed", reason);
  }

  /** Throws `unavailable`, naming the state, unless ready. */
  requireAsic(): AsicBackend {
    if (this.#asic === undefined) throw this.#unavailable();
    return this.#asic;
  }

  /** False once the ASIC has been replaced or lost, or has come back empty, since `instanceId` was read. */
  isInstance(instanceId: string | null): boolean {
    return this.#state === "ready" && this.#instanceId === instanceId;
  }

  /** Throws `unavailable` until an ASIC has told them; they are kept when it is lost. */
  identifiers(): SwitchIdentifiers {
    if (this.#identifiers === undefined) {
      throw new DpdError("unavailable", "the switch identifiers are not known yet: no ASIC has been attached");
    }
    return this.#identifiers;
  }

  uptimeSeconds(): number {
    return Math.floor((this.#world.clock.monotonicMs() - this.#startedAt) / 1000);
  }

  status(): SwitchStatus {
    return {
      state: this.#state,
      since: this.#since,
      instanceId: this.#instanceId,
      backend: this.#asic?.name ?? null,
      lastError: this.#lastError,
    };
  }

  #lose(state: "asic_absent" | "asic_failed", reason: string): void {
    this.#asic = undefined;
    this.#lastError = reason;
    this.#enter(state);
  }

  #enter(state: SwitchState): void {
    this.#state = state;
    this.#since = this.#world.clock.now();
    for (const forget of this.#forget) forget();
    const fields = { switch: this.name, state, instance: this.#instanceId, reason: this.#lastError };
    this.#world.log.info(fields, "switch state changed");
  }

  #unavailable(): DpdError {
    const reason = this.#lastError === null ? "" : `: ${this.#lastError}`;
    return asicUnavailable(`the switch is not ready (${this.#state})${reason}`);
  }
}
