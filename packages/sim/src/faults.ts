/** What may go wrong on a link, and the seeded dice that decide for each request. */
import type { Random } from "@racklet/world";

/** Probabilities are in [0, 1]; what is left out does not happen. */
export interface LinkFaults {
  /** Each way takes a uniform time in [min, max] milliseconds. Default 0. */
  readonly delayMs?: readonly [min: number, max: number];
  /** The connection is refused. */
  readonly refuse?: number;
  /** The request never arrives. */
  readonly dropRequest?: number;
  /** The request is served but the answer never arrives. */
  readonly dropResponse?: number;
  /** The request is served twice; the caller gets the first answer. */
  readonly duplicate?: number;
  /** How the caller learns of a loss: `silence` (default, until its own deadline) or `reset` (ECONNRESET). */
  readonly onLoss?: "silence" | "reset";
}

export interface Fate {
  readonly refused: boolean;
  readonly requestLost: boolean;
  readonly responseLost: boolean;
  readonly duplicated: boolean;
  readonly resets: boolean;
  readonly requestDelayMs: number;
  readonly duplicateDelayMs: number;
  readonly responseDelayMs: number;
}

/** Always draws the same number of times, so that changing one probability does not shift the later requests' other dice. */
export function decideFate(random: Random, faults: LinkFaults): Fate {
  const happens = (probability = 0): boolean => random.next() < probability;
  const [min, max] = faults.delayMs ?? [0, 0];
  const delay = (): number => min + random.next() * (max - min);
  return {
    refused: happens(faults.refuse),
    requestLost: happens(faults.dropRequest),
    responseLost: happens(faults.dropResponse),
    duplicated: happens(faults.duplicate),
    resets: faults.onLoss === "reset",
    requestDelayMs: delay(),
    duplicateDelayMs: delay(),
    responseDelayMs: delay(),
  };
}
