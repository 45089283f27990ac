/** What a dpd is told when it starts: flags of the command line, or the environment variables `RACKLET_<FLAG>`. */
import {
  isLoopbackHost,
  listenFlag,
  readArguments,
  readEnvironment,
  UsageError,
  type ListenAddress,
} from "@racklet/api-kit";
import type { Profile } from "./table/types.ts";

export interface DpdConfig {
  readonly listen: ListenAddress;
  readonly switch: SwitchName;
  readonly asic: AsicKind;
  /** Sizes of the tables, and so of the request bodies. */
  readonly profile: Profile;
  /** Internal API of Nexus. Given, dpd fetches NAT entries itself; otherwise Nexus sends them as a NAT group. */
  readonly nexus: string | undefined;
  /** Faults of `chaos`. */
  readonly chaos: { readonly seed: number; readonly rate: number };
}

export type SwitchName = (typeof SWITCHES)[number];
export type AsicKind = (typeof ASICS)[number];

const SWITCHES = ["switch0", "switch1"] as const;
const ASICS = ["model", "chaos", "absent"] as const;
const PROFILES = ["sidecar", "large"] as const satisfies readonly Profile[];

const FLAGS = {
  listen: { type: "string" },
  switch: { type: "string" },
  asic: { type: "string" },
  profile: { type: "string" },
  nexus: { type: "string" },
  seed: { type: "string" },
  rate: { type: "string" },
  "allow-remote": { type: "boolean" },
} as const;

type FlagName = keyof typeof FLAGS;

export const DEFAULT_CONFIG: DpdConfig = {
  listen: { host: "127.0.0.1", port: 12_224 },
  switch: "switch0",
  asic: "model",
  profile: "sidecar",
  nexus: undefined,
  chaos: { seed: 1, rate: 0.01 },
};

/** A flag wins over its environment variable; an empty variable counts as absent. Throws UsageError. */
export function parseConfig(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): DpdConfig {
  const given = readArguments(FLAGS, argv);
  const flags = new Map([...readEnvironment(FLAGS, env), ...given]);
  const { chaos } = DEFAULT_CONFIG;
  const asic = choice(flags, "asic", ASICS, DEFAULT_CONFIG.asic);
  for (const name of ["seed", "rate"] as const) {
    if (given.has(name) && asic !== "chaos") throw new UsageError(`--${name} needs --asic chaos, which injects faults`);
  }
  return {
    listen: listenOf(flags),
    switch: choice(flags, "switch", SWITCHES, DEFAULT_CONFIG.switch),
    asic,
    profile: choice(flags, "profile", PROFILES, DEFAULT_CONFIG.profile),
    nexus: nexusOf(flags),
    chaos: {
      seed: numberOf(flags, "seed", chaos.seed, "an integer from 0 to 4294967295", isSeed),
      rate: numberOf(flags, "rate", chaos.rate, "a number from 0 to 1", (rate) => rate >= 0 && rate <= 1),
    },
  };
}

type Flags = ReadonlyMap<FlagName, string>;

function choice<const V extends string>(flags: Flags, name: FlagName, values: readonly V[], fallback: V): V {
  const text = flags.get(name);
  if (text === undefined) return fallback;
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw new UsageError(`--${name} ${text}: expected ${values.join(" or ")}`);
  return value;
}

function numberOf(
  flags: Flags,
  name: FlagName,
  fallback: number,
  expected: string,
  isValid: (value: number) => boolean,
): number {
  const text = flags.get(name);
  if (text === undefined) return fallback;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value) || !isValid(value)) throw new UsageError(`--${name} ${text}: expected ${expected}`);
  return value;
}

function isSeed(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

// dpd asks nobody for a password, so it must be meant when others than this machine are to reach it.
function listenOf(flags: Flags): ListenAddress {
  const text = flags.get("listen");
  const address = listenFlag("listen", text, DEFAULT_CONFIG.listen);
  const remoteAllowed = choice(flags, "allow-remote", ["true", "false"], "false") === "true";
  if (!isLoopbackHost(address.host) && !remoteAllowed) {
    throw new UsageError(
      `--listen ${text}: anyone who reaches this address could reprogram the switch; add --allow-remote if that is meant`,
    );
  }
  return address;
}

function nexusOf(flags: Flags): string | undefined {
  const text = flags.get("nexus");
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new UsageError(`--nexus ${text}: expected a URL such as http://127.0.0.1:12221`);
  }
  return text;
}
