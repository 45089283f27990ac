/** What a propolis server is told when it starts: flags of the command line, or the environment variables `RACKLET_<FLAG>`. */
import { isLoopbackHost, listenFlag, readFlags, UsageError, type ListenAddress } from "@racklet/api-kit";
import { DEFAULT_TIMING, type VmTiming } from "./machine/timing.ts";
import { FEATURES, type Feature } from "./spec/features.ts";

export type Mode = "standard" | "mock";

export interface PropolisConfig {
  readonly listen: ListenAddress;
  /** `mock`: answers as upstream's mock server does. */
  readonly mode: Mode;
  readonly features: readonly Feature[];
  readonly timing: VmTiming;
}

const FLAGS = {
  listen: { type: "string" },
  mode: { type: "string" },
  features: { type: "string" },
  "boot-ms": { type: "string" },
  "guest-ms": { type: "string" },
} as const;

type FlagName = keyof typeof FLAGS;
type Flags = ReadonlyMap<FlagName, string>;

export const DEFAULT_CONFIG: PropolisConfig = {
  listen: { host: "127.0.0.1", port: 12_400 },
  mode: "standard",
  features: [],
  timing: DEFAULT_TIMING,
};

/** A flag wins over its environment variable; an empty variable counts as absent. Throws UsageError. */
export function parseConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): PropolisConfig {
  const flags = readFlags(FLAGS, argv, env);
  return { listen: listenOf(flags), mode: modeOf(flags), features: featuresOf(flags), timing: timingOf(flags) };
}

function modeOf(flags: Flags): Mode {
  const text = flags.get("mode") ?? DEFAULT_CONFIG.mode;
  return text === "standard" || text === "mock" ? text : fail("mode", text, "standard or mock");
}

function featuresOf(flags: Flags): Feature[] {
  const text = flags.get("features") ?? "";
  return text
    .split(",")
    .filter((name) => name !== "")
    .map((name) => FEATURES.find((feature) => feature === name) ?? fail("features", text, FEATURES.join(", ")));
}

function timingOf(flags: Flags): VmTiming {
  const [guestMs] = rangeOf(flags, "guest-ms") ?? [DEFAULT_TIMING.guestMs];
  return { ...DEFAULT_TIMING, guestMs, bootMs: rangeOf(flags, "boot-ms") ?? DEFAULT_TIMING.bootMs };
}

function rangeOf(flags: Flags, name: "boot-ms" | "guest-ms"): [min: number, max: number] | undefined {
  const text = flags.get(name);
  if (text === undefined) return undefined;
  const [min, max = min] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(text)?.slice(1).filter(Boolean).map(Number) ?? [];
  if (min === undefined || max === undefined || min > max || (name === "guest-ms" && min !== max)) {
    return fail(name, text, name === "boot-ms" ? "milliseconds, or a range of them such as 100-300" : "milliseconds");
  }
  return [min, max];
}

// A propolis asks nobody for a password, so nobody but this machine may reach it.
function listenOf(flags: Flags): ListenAddress {
  const address = listenFlag("listen", flags.get("listen"), DEFAULT_CONFIG.listen);
  if (isLoopbackHost(address.host)) return address;
  throw new UsageError(
    `--listen ${flags.get("listen")}: only loopback addresses are allowed, since nobody is asked who they are`,
  );
}

function fail(name: FlagName, text: string, expected: string): never {
  throw new UsageError(`--${name} ${text}: expected ${expected}`);
}
