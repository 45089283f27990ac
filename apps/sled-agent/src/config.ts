/** What a sled-agent is told when it starts: flags of the command line, or the environment variables `RACKLET_<FLAG>`. */
import { isLoopbackHost, listenFlag, readFlags, UsageError, type ListenAddress } from "@racklet/api-kit";
import { canonicalUuid, isIpv6, canonicalIp } from "@racklet/net";

export type Mode = "real" | "sim";
/** Where a VM's propolis server runs: in this process, or in one of its own. */
export type PropolisMode = "embedded" | "process";

/** How long VMs take, ms. */
export interface VmTiming {
  /** A boot or reboot takes a time drawn evenly from these. */
  readonly bootMs: readonly [min: number, max: number];
  /** From one state to the next on the way down. A propolis process has its own default. */
  readonly stopMs: number;
}

export interface SledAgentConfig {
  /** An IPv6 address: Nexus records sled-agents by such. */
  readonly listen: ListenAddress;
  /** Nexus' internal API. */
  readonly nexus: string;
  readonly sledId: string;
  readonly rackId: string;
  readonly serial: string;
  /** The sled is attached to a switch. */
  readonly scrimlet: boolean;
  /** Of a scrimlet: its switch's dpd. */
  readonly dpd: string | undefined;
  /** `sim`: VMs change only when poked. */
  readonly mode: Mode;
  /** The sled's address on the underlay network; undefined: the address it listens on. */
  readonly underlay: string | undefined;
  /** Of the VMs of mode `real`. */
  readonly vmTiming: VmTiming;
  /** Default `embedded`. */
  readonly propolis?: PropolisMode | undefined;
  /** What must outlive this process is kept there; undefined: nothing is. */
  readonly dataDir?: string | undefined;
}

const FLAGS = {
  listen: { type: "string" },
  nexus: { type: "string" },
  "sled-id": { type: "string" },
  "rack-id": { type: "string" },
  serial: { type: "string" },
  scrimlet: { type: "boolean" },
  dpd: { type: "string" },
  mode: { type: "string" },
  underlay: { type: "string" },
  "boot-ms": { type: "string" },
  propolis: { type: "string" },
  data: { type: "string" },
} as const;

type FlagName = keyof typeof FLAGS;
type Flags = ReadonlyMap<FlagName, string>;

const DEFAULT_LISTEN: ListenAddress = { host: "::1", port: 12_345 };
const DEFAULT_VM_TIMING: VmTiming = { bootMs: [100, 300], stopMs: 40 };
/** The rack of upstream's tests. */
const DEFAULT_RACK_ID = "c19a698f-c6f9-4a17-ae30-20d711b8f7dc";

/** A flag wins over its environment variable; an empty variable counts as absent. Throws UsageError. */
export function parseConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): SledAgentConfig {
  const flags = readFlags(FLAGS, argv, env);
  const sledId = uuidOf(flags, "sled-id") ?? missing("sled-id", "the UUID of the sled");
  const scrimlet = booleanOf(flags, "scrimlet");
  const dpd = urlOf(flags, "dpd");
  const propolis = propolisModeOf(flags);
  const dataDir = flags.get("data");
  if (propolis === "process" && dataDir === undefined) {
    throw new UsageError("--propolis process needs --data: its processes are found again by what is kept there");
  }
  if (dpd !== undefined && !scrimlet) throw new UsageError("--dpd needs --scrimlet: only a scrimlet has a switch");
  return {
    listen: listenOf(flags),
    nexus: urlOf(flags, "nexus") ?? missing("nexus", "the URL of Nexus' internal API"),
    sledId,
    rackId: uuidOf(flags, "rack-id") ?? DEFAULT_RACK_ID,
    serial: serialOf(flags) ?? `RACKLET${sledId.replaceAll("-", "").toUpperCase()}`,
    scrimlet,
    dpd,
    mode: modeOf(flags),
    underlay: underlayOf(flags),
    vmTiming: timingOf(flags),
    propolis,
    dataDir,
  };
}

function missing(name: FlagName, what: string): never {
  throw new UsageError(`--${name} is missing: ${what}`);
}

function uuidOf(flags: Flags, name: FlagName): string | undefined {
  const text = flags.get(name);
  if (text === undefined) return undefined;
  return canonicalUuid(text) ?? fail(name, text, "a UUID");
}

function urlOf(flags: Flags, name: FlagName): string | undefined {
  const text = flags.get(name);
  if (text === undefined) return undefined;
  return URL.canParse(text) && /^https?:/.test(text) ? text : fail(name, text, "a URL such as http://[::1]:12221");
}

function booleanOf(flags: Flags, name: FlagName): boolean {
  const text = flags.get(name) ?? "false";
  return text === "true" || (text !== "false" && fail(name, text, "true or false"));
}

function modeOf(flags: Flags): Mode {
  const text = flags.get("mode") ?? "real";
  return text === "real" || text === "sim" ? text : fail("mode", text, "real or sim");
}

function propolisModeOf(flags: Flags): PropolisMode {
  const text = flags.get("propolis") ?? "embedded";
  return text === "embedded" || text === "process" ? text : fail("propolis", text, "embedded or process");
}

function serialOf(flags: Flags): string | undefined {
  const text = flags.get("serial");
  if (text === undefined) return undefined;
  return /^[\w.-]{1,63}$/.test(text) ? text : fail("serial", text, "1 to 63 letters, digits, dots, dashes");
}

function underlayOf(flags: Flags): string | undefined {
  const text = flags.get("underlay");
  if (text === undefined) return undefined;
  return isIpv6(text) ? (canonicalIp(text) ?? undefined) : fail("underlay", text, "an IPv6 address");
}

function timingOf(flags: Flags): VmTiming {
  const text = flags.get("boot-ms");
  if (text === undefined) return DEFAULT_VM_TIMING;
  const [min, max = min] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(text)?.slice(1).filter(Boolean).map(Number) ?? [];
  if (min === undefined || max === undefined || min > max) {
    return fail("boot-ms", text, "milliseconds, or a range of them such as 100-300");
  }
  return { ...DEFAULT_VM_TIMING, bootMs: [min, max] };
}

// A sled-agent asks nobody for a password, so nobody but this machine may reach it.
function listenOf(flags: Flags): ListenAddress {
  const text = flags.get("listen");
  const address = listenFlag("listen", text, DEFAULT_LISTEN);
  if (!isLoopbackHost(address.host)) {
    throw new UsageError(
      `--listen ${text}: only the loopback address [::1] is allowed, since nobody is asked who they are`,
    );
  }
  if (!isIpv6(address.host)) {
    throw new UsageError(
      `--listen ${text}: expected the IPv6 loopback address, [::1]:PORT: Nexus records sleds by IPv6 address`,
    );
  }
  return address;
}

function fail(name: FlagName, text: string, expected: string): never {
  throw new UsageError(`--${name} ${text}: expected ${expected}`);
}
