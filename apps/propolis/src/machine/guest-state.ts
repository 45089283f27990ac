/** What the guest knows, kept in its memory: so whoever has the memory has the guest. */
import type { GuestMemory } from "./memory.ts";

export interface GuestState {
  /** `off` and `resetting`: it has asked the machine for that, and does nothing more. */
  readonly phase: "booting" | "login" | "shell" | "off" | "resetting";
  /** How many of its boot messages it has printed. */
  readonly step: number;
  /** What has been typed of the current line. */
  readonly line: string;
  readonly user: string;
  readonly boots: number;
  readonly uptimeMs: number;
}

const STATE_PAGE = 0;
const HISTORY_PAGE = 1;
/** Of typed text: more is not taken. */
export const MAX_LINE = 256;
const MAX_HISTORY = 12;

export const POWERED_ON: GuestState = { phase: "booting", step: 0, line: "", user: "", boots: 1, uptimeMs: 0 };

/** Undefined for memory that no guest has run in. */
export function readGuest(memory: GuestMemory): GuestState | undefined {
  if (!memory.has(STATE_PAGE)) return undefined;
  // The guest itself wrote it.
  return JSON.parse(Buffer.from(memory.read(STATE_PAGE)).toString()) as GuestState;
}

export function writeGuest(memory: GuestMemory, state: GuestState): void {
  memory.write(STATE_PAGE, Buffer.from(JSON.stringify(state)));
}

/** The last commands that were typed, oldest first. */
export function readHistory(memory: GuestMemory): string[] {
  const text = Buffer.from(memory.read(HISTORY_PAGE)).toString();
  return text === "" ? [] : text.split("\n");
}

export function addToHistory(memory: GuestMemory, command: string): void {
  const kept = [...readHistory(memory), command].slice(-MAX_HISTORY);
  memory.write(HISTORY_PAGE, Buffer.from(kept.join("\n")));
}
