/** What a command has of the world outside: its output, the signals it gets, and the World. */
import type { World } from "@racklet/world";
import type { Style } from "../text/style.ts";

export interface Io {
  readonly world: World;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** Writes a line to standard output. */
  readonly out: (line: string) => void;
  /** Writes bytes to standard output as they are. */
  readonly raw: (bytes: Uint8Array) => void;
  /** Writes to standard error; with a line end of one's own. */
  readonly err: (text: string) => void;
  /** Styles for standard output and standard error. */
  readonly style: Style;
  readonly errStyle: Style;
  /** Standard error is a terminal: lines can be rewritten. */
  readonly isLive: boolean;
  /** Calls back for every SIGINT, SIGTERM and SIGHUP; the answer stops it. */
  readonly onSignal: (handler: (signal: string) => void) => () => void;
  /** Calls back for what is typed, from a terminal key by key, Ctrl-C included; the answer stops it. */
  readonly onInput: (handler: (bytes: Uint8Array) => void) => () => void;
}
