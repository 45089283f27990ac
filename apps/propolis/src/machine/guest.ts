/**
 * The program that runs in a simulated machine: prints as it boots, lets anyone log in at its serial console, and obeys a
 * few commands. All that it knows is in its memory, so it goes on where it was when the memory moves to another machine.
 */
import type { World } from "@racklet/world";
import {
  MAX_LINE,
  POWERED_ON,
  addToHistory,
  readGuest,
  readHistory,
  writeGuest,
  type GuestState,
} from "./guest-state.ts";
import type { GuestMemory } from "./memory.ts";
import { runCommand } from "./shell.ts";

export interface GuestDevices {
  readonly memory: GuestMemory;
  readonly hostname: string;
  readonly bootMessages: readonly string[];
  /** From one boot message to the next, ms. */
  readonly stepMs: number;
  /** To the serial console. */
  print(text: string): void;
  powerOff(): void;
  reset(): void;
}

export class Guest {
  readonly #world: Pick<World, "clock" | "timers">;
  readonly #devices: GuestDevices;
  /** Monotonic time when it last began to run; undefined while it does not. */
  #runningSince: number | undefined;
  #cancelStep: (() => void) | undefined;

  constructor(world: Pick<World, "clock" | "timers">, devices: GuestDevices) {
    this.#world = world;
    this.#devices = devices;
  }

  /** From the beginning, as after power-on or a reset. */
  boot(): void {
    this.pause();
    const before = readGuest(this.#devices.memory);
    this.#write({ ...POWERED_ON, boots: (before?.boots ?? 0) + 1 });
    this.resume();
  }

  /** Goes on with what the memory says. */
  resume(): void {
    if (this.#runningSince !== undefined) return;
    this.#runningSince = this.#world.clock.monotonicMs();
    const { phase } = this.#state;
    if (phase === "booting") this.#scheduleStep();
    // What it asked for may not have been heard before it moved here.
    if (phase === "off") this.#devices.powerOff();
    if (phase === "resetting") this.#devices.reset();
  }

  /** Its clock stands still until it is resumed. */
  pause(): void {
    if (this.#runningSince === undefined) return;
    this.#cancelStep?.();
    this.#write({ ...this.#state, uptimeMs: this.#uptimeMs() });
    this.#runningSince = undefined;
  }

  input(bytes: Uint8Array): void {
    if (this.#runningSince === undefined) return;
    for (const char of Buffer.from(bytes).toString("latin1")) this.#type(char);
  }

  interrupt(): void {
    if (this.#runningSince === undefined) return;
    this.#devices.print("\r\nnon-maskable interrupt: carrying on\r\n");
    this.#prompt();
  }

  get #state(): GuestState {
    return readGuest(this.#devices.memory) ?? POWERED_ON;
  }

  #write(state: GuestState): void {
    writeGuest(this.#devices.memory, state);
  }

  #uptimeMs(): number {
    const since = this.#runningSince;
    return this.#state.uptimeMs + (since === undefined ? 0 : this.#world.clock.monotonicMs() - since);
  }

  #scheduleStep(): void {
    this.#cancelStep = this.#world.timers.after(this.#devices.stepMs, () => this.#step());
  }

  #step(): void {
    const { bootMessages } = this.#devices;
    const state = this.#state;
    const message = bootMessages[state.step];
    if (message === undefined) return this.#login();
    this.#write({ ...state, step: state.step + 1 });
    this.#print(message);
    this.#scheduleStep();
  }

  #login(): void {
    this.#write({ ...this.#state, phase: "login", line: "", user: "" });
    this.#prompt();
  }

  #prompt(): void {
    const { phase, user, line } = this.#state;
    const { hostname } = this.#devices;
    if (phase === "login") this.#devices.print(`${hostname} login: ${line}`);
    if (phase === "shell") this.#devices.print(`${user}@${hostname}:~$ ${line}`);
  }

  #type(char: string): void {
    const state = this.#state;
    if (state.phase !== "login" && state.phase !== "shell") return;
    if (char === "\r" || char === "\n") return this.#enter(state);
    if (char === "\b" || char === "\x7f") {
      if (state.line === "") return;
      this.#write({ ...state, line: state.line.slice(0, -1) });
      return this.#devices.print("\b \b");
    }
    if (char < " " || char > "~" || state.line.length >= MAX_LINE) return;
    this.#write({ ...state, line: state.line + char });
    this.#devices.print(char);
  }

  #enter(state: GuestState): void {
    this.#devices.print("\r\n");
    const line = state.line.trim();
    if (state.phase === "login") {
      if (line !== "") this.#write({ ...state, phase: "shell", user: line, line: "" });
      return this.#prompt();
    }
    this.#write({ ...state, line: "" });
    if (line !== "") this.#run(line, state);
    else this.#prompt();
  }

  #run(line: string, { user, boots }: GuestState): void {
    const { memory, hostname } = this.#devices;
    addToHistory(memory, line);
    const { text, next } = runCommand(line, {
      hostname,
      user,
      boots,
      uptimeMs: this.#uptimeMs(),
      history: readHistory(memory),
    });
    this.#print(text);
    if (next === undefined) return this.#prompt();
    if (next === "logout") return this.#login();
    this.#write({ ...this.#state, phase: next });
    if (next === "off") this.#devices.powerOff();
    else this.#devices.reset();
  }

  #print(text: string): void {
    this.#devices.print(text.replaceAll("\n", "\r\n"));
  }
}
