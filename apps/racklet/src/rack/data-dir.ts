/**
 * The directory of a rack: what of it is ours, who uses it, and which format it has. One `racklet up` at a time has it.
 * Nothing that is not ours by name is ever deleted.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { isAnswering } from "../control/socket-path.ts";
import { Failure, errorText } from "../failure.ts";
import { displayPath } from "../text/path.ts";

const IDENTITY_FILE = "racklet.json";
const PID_FILE = "racklet.pid";
/** Raised when an older racklet could no longer use the directory. */
const FORMAT = 1;
const OWNED = /^(racklet\.json(\.new)?|token|logs|control\.(sock|path)|nexus\.db([-.].*)?|sled-agent-\d+)$/;
const SLED = /^sled-agent-\d+$/;

export type RackDatabase = "sqlite" | "postgres";

/** What stays the same from one start to the next. */
export interface RackIdentity {
  readonly rackId: string;
  /** One for each sled there ever was, by number. */
  readonly sledIds: readonly string[];
  /** Where Nexus keeps its data: in a file of this directory, or elsewhere. */
  readonly database: RackDatabase;
  /** The default IP pools were offered once; what the user does with them since is theirs. */
  readonly poolsCreated: boolean;
}

/** Takes the directory for this process, creating it if need be. Throws Failure when another process has it. */
export async function lockDataDir(dir: string, pid: number): Promise<void> {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw new Failure(`cannot use ${dir} as data directory: ${errorText(error)}`);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      const file = openSync(join(dir, PID_FILE), "wx", 0o600);
      writeFileSync(file, `${pid}\n`);
      closeSync(file);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 3) {
        throw new Failure(`cannot use ${dir} as data directory: ${errorText(error)}`);
      }
    }
    const owner = readOwner(dir);
    if (owner !== undefined && (await isInUse(dir, owner))) {
      throw new Failure(
        `${displayPath(dir)} is in use by the rack of process ${owner}: stop that one (racklet down${flagFor(dir)}), or choose another directory with --data`,
      );
    }
    rmSync(join(dir, PID_FILE), { force: true });
  }
}

/** Where a sled-agent keeps what must outlive it. */
export function sledDataDir(dir: string, sled: number): string {
  return join(dir, `sled-agent-${sled}`);
}

/** Those there are. */
export function sledDataDirs(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => SLED.test(name))
    .map((name) => join(dir, name));
}

/** Lets the next process have it. */
export function unlockDataDir(dir: string): void {
  rmSync(join(dir, PID_FILE), { force: true });
}

/** Refuses a directory that is not a rack's, unless it is empty, and one whose rack has data elsewhere. Call it with the lock held. */
export function clearDataDir(dir: string): void {
  const found = readdirSync(dir).filter((name) => name !== PID_FILE);
  if (found.length > 0 && !existsSync(join(dir, IDENTITY_FILE))) {
    throw new Failure(
      `${dir} has files but no ${IDENTITY_FILE}, so it is no rack's: --fresh will not delete anything there`,
    );
  }
  if (databaseIn(dir) === "postgres") {
    throw new Failure(
      `the rack in ${dir} has its data in PostgreSQL, which --fresh does not empty: choose another directory with --data`,
    );
  }
  for (const name of found.filter((each) => OWNED.test(each)))
    rmSync(join(dir, name), { recursive: true, force: true });
}

/**
 * The identity on disk, with ids added up to `sleds`, written back when anything is new. Throws Failure for a rack that has
 * its data in another kind of database: it would seem to have lost them.
 */
export function openIdentity(dir: string, sleds: number, database: RackDatabase, newId: () => string): RackIdentity {
  const found = readIdentity(dir);
  const known = found ?? { rackId: newId(), sledIds: [], database, poolsCreated: false };
  if (known.database !== database) {
    const [has, flag] =
      database === "sqlite" ? ["PostgreSQL", "name it with --database"] : ["SQLite", "leave out --database"];
    throw new Failure(`the rack in ${dir} has its data in ${has}: ${flag}, or choose another directory with --data`);
  }
  const missing = Math.max(0, sleds - known.sledIds.length);
  const identity = { ...known, sledIds: [...known.sledIds, ...Array.from({ length: missing }, newId)] };
  if (found === undefined || missing > 0) writeIdentity(dir, identity);
  return identity;
}

export function writeIdentity(dir: string, identity: RackIdentity): void {
  const { rackId, sledIds, database, poolsCreated } = identity;
  const text = JSON.stringify(
    { format: FORMAT, rack_id: rackId, sled_ids: sledIds, database, pools_created: poolsCreated },
    null,
    2,
  );
  const path = join(dir, IDENTITY_FILE);
  // A crash in between leaves the old file or the new one, never half of one.
  writeFileSync(`${path}.new`, `${text}\n`);
  renameSync(`${path}.new`, path);
}

function readIdentity(dir: string): RackIdentity | undefined {
  const path = join(dir, IDENTITY_FILE);
  if (!existsSync(path)) return undefined;
  const damaged = (why: string) => new Failure(`${path} is damaged (${why}): repair it, or begin again with --fresh`);
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  } catch (error) {
    throw damaged(errorText(error));
  }
  const { format, rack_id: rackId, sled_ids: sledIds, pools_created: poolsCreated } = value;
  if (typeof format === "number" && format > FORMAT) {
    throw new Failure(
      `${dir} was written by a newer racklet (format ${format}, this one knows ${FORMAT}): update racklet, choose another directory with --data, or begin again with --fresh`,
    );
  }
  if (format !== FORMAT) throw damaged(`format ${String(format)}`);
  if (typeof rackId !== "string" || !Array.isArray(sledIds) || !sledIds.every((id) => typeof id === "string")) {
    throw damaged("rack_id or sled_ids are missing");
  }
  return { rackId, sledIds, database: databaseIn(dir), poolsCreated: poolsCreated === true };
}

/** SQLite unless the rack says otherwise, as one does not that is older than the choice. */
function databaseIn(dir: string): RackDatabase {
  try {
    const value: unknown = JSON.parse(readFileSync(join(dir, IDENTITY_FILE), "utf8"));
    return (value as { database?: unknown }).database === "postgres" ? "postgres" : "sqlite";
  } catch {
    // Absent, or damaged, which whoever needs the rest of it says.
    return "sqlite";
  }
}

function readOwner(dir: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(dir, PID_FILE), "utf8").trim());
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    // Deleted between two looks: the next attempt to create it settles who has it.
    return undefined;
  }
}

/** A process number may have been given to another program since: then nothing answers on the socket that is left. */
async function isInUse(dir: string, pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return (await isAnswering(dir)) !== "no";
}

function flagFor(dir: string): string {
  return dir === resolve(".racklet") ? "" : ` --data ${displayPath(dir)}`;
}
