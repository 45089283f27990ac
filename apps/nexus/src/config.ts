/** What a Nexus process is told when it starts: flags of the command line, or the environment variables `RACKLET_<FLAG>`. */
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { formatHostPort, listenFlag, UsageError, type ListenAddress } from "@racklet/api-kit";
import { canonicalUuid } from "@racklet/net";

export interface NexusConfig {
  readonly external: ListenAddress;
  readonly internal: ListenAddress;
  readonly lockstep: ListenAddress;
  /** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
  readonly database: string;
  /** dpd base URLs known from the start, besides those that scrimlets report. */
  readonly dpdUrls: readonly string[];
  readonly rackId: string;
  /** Password of the first user (`test-privileged` in `test-suite-silo`), used when the database is new. */
  readonly initialPassword: string;
  /** Accept `oxide-spoof-…` tokens: tests only. */
  readonly allowSpoof: boolean;
  /** Give the first silo a default unicast pool of either IP version. */
  readonly populateDefaultPools: boolean;
  /** Age at which a browser session ends. */
  readonly sessionMaxAgeMs: number;
  readonly sessionIdleMs: number;
  /**
   * Which of several processes this is, the same after a restart: what it finds under its name was left by a process that has
   * ended. Undefined: others find out by its silence.
   */
  readonly processName?: string | undefined;
}

export const DEFAULT_PASSWORD = "oxide";

const HOUR_MS = 3_600_000;

export const DEFAULT_CONFIG: NexusConfig = {
  external: { host: "127.0.0.1", port: 12_220 },
  internal: { host: "127.0.0.1", port: 12_221 },
  lockstep: { host: "127.0.0.1", port: 12_232 },
  database: "sqlite:.racklet/nexus.db",
  dpdUrls: [],
  // Upstream's development rack.
  rackId: "c19a698f-c6f9-4a17-ae30-20d711b8f7dc",
  initialPassword: DEFAULT_PASSWORD,
  allowSpoof: false,
  populateDefaultPools: false,
  sessionMaxAgeMs: 24 * HOUR_MS,
  sessionIdleMs: 8 * HOUR_MS,
};

const FLAGS = {
  external: { type: "string" },
  internal: { type: "string" },
  lockstep: { type: "string" },
  database: { type: "string" },
  dpd: { type: "string", multiple: true },
  "rack-id": { type: "string" },
  "initial-password": { type: "string" },
  spoof: { type: "boolean" },
  "default-pools": { type: "boolean" },
} as const;

type FlagName = keyof typeof FLAGS;
type Flags = ReadonlyMap<FlagName, readonly string[]>;

/** A flag wins over its environment variable; an empty variable counts as absent, one of several values has commas. Throws UsageError. */
export function parseConfig(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): NexusConfig {
  const flags = new Map([...readEnvironment(env), ...readArguments(argv)]);
  const text = (name: FlagName): string | undefined => flags.get(name)?.at(-1);
  return {
    ...DEFAULT_CONFIG,
    external: listenOf(flags, "external"),
    internal: listenOf(flags, "internal"),
    lockstep: listenOf(flags, "lockstep"),
    database: databaseOf(text("database") ?? DEFAULT_CONFIG.database),
    dpdUrls: (flags.get("dpd") ?? []).map(urlOf),
    rackId: rackIdOf(text("rack-id") ?? DEFAULT_CONFIG.rackId),
    initialPassword: text("initial-password") ?? DEFAULT_PASSWORD,
    allowSpoof: text("spoof") === "true",
    populateDefaultPools: text("default-pools") === "true",
    processName: processNameOf(listenOf(flags, "internal")),
  };
}

/** Two processes cannot listen at one address of one machine, so whoever did before has ended. A port of 0 names nobody. */
function processNameOf({ host, port }: ListenAddress): string | undefined {
  return port === 0 ? undefined : `${hostname()} ${formatHostPort(host, port)}`;
}

function readArguments(argv: readonly string[]): Flags {
  try {
    const { values } = parseArgs({ args: [...argv], options: FLAGS, allowPositionals: false });
    // Object.entries of the literal type of FLAGS.
    return new Map(Object.entries(values).map(([name, value]) => [name as FlagName, [value].flat().map(String)]));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function readEnvironment(env: Readonly<Record<string, string | undefined>>): Flags {
  const flags = new Map<FlagName, string[]>();
  for (const name of Object.keys(FLAGS) as FlagName[]) {
    const value = env[`RACKLET_${name.toUpperCase().replaceAll("-", "_")}`];
    if (value !== undefined && value !== "") flags.set(name, "multiple" in FLAGS[name] ? value.split(",") : [value]);
  }
  return flags;
}

function listenOf(flags: Flags, name: "external" | "internal" | "lockstep"): ListenAddress {
  return listenFlag(name, flags.get(name)?.at(-1), DEFAULT_CONFIG[name]);
}

function databaseOf(text: string): string {
  if (/^(sqlite:.|postgres(ql)?:\/\/)/.test(text)) return text;
  throw new UsageError(`--database ${text}: expected sqlite:PATH, sqlite::memory: or postgres://…`);
}

function urlOf(text: string): string {
  if (/^https?:\/\/./.test(text) && URL.canParse(text)) return text;
  throw new UsageError(`--dpd ${text}: expected a URL such as http://127.0.0.1:12224`);
}

function rackIdOf(text: string): string {
  const id = canonicalUuid(text);
  if (id === null) throw new UsageError(`--rack-id ${text}: expected a UUID`);
  return id;
}
