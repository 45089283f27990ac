/**
 * A lock between processes of one checkout, as a folder of claims, one file per process. Whoever finds its own claim
 * alone holds the lock; whoever sees another live claim withdraws and waits. Of two claims the later writer always
 * sees the earlier one, so two can never both hold it. A claim is removed only by its exact, unique name, so
 * clearing a dead one cannot hit a fresh one.
 * A claim is dead when its process is gone, or when its heartbeat (the file's mtime) has stopped: that covers a
 * reused pid and a checkout shared with another host. A killed holder may leave a child that still writes (pnpm, say):
 * children are noted in the claim, and it stays alive as long as one of them does.
 */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "./failure.mjs";
import { toolsDir } from "./paths.mjs";

const heartbeatMs = 2_000;
const deadAfterMs = 30_000;
/** The children of a killed holder have no heartbeat; by then their pids are taken for reused ones. */
const orphanDeadAfterMs = 300_000;
let claims = 0;

/**
 * Runs `section(note)` while holding the lock `name`; `note(pid)` records a child that works under it. Says on standard
 * error what it waits for, once per holder.
 */
export async function withLock(name, section, parent = toolsDir) {
  const folder = join(parent, `${name}.lock`);
  mkdirSync(folder, { recursive: true });
  const mine = `${process.pid}@${hostname()}@${Date.now().toString(36)}-${++claims}`;
  const claim = join(folder, mine);
  await acquire(folder, mine, claim, name);
  const heartbeat = setInterval(() => beat(claim), heartbeatMs);
  const release = () => rmSync(claim, { force: true });
  process.on("exit", release);
  try {
    return await section((pid) => appendFileSync(claim, `${pid}\n`));
  } finally {
    clearInterval(heartbeat);
    process.off("exit", release);
    release();
  }
}

async function acquire(folder, mine, claim, name) {
  let announced = "";
  for (;;) {
    let others = liveClaims(folder, mine);
    if (others.length === 0) {
      writeFileSync(claim, "");
      others = liveClaims(folder, mine);
      if (others.length === 0) return;
      rmSync(claim, { force: true });
    }
    const holder = others[0].split("@")[0];
    if (holder !== announced) {
      announced = holder;
      console.error(`racklet: waiting for process ${holder}, which holds the ${name} lock of this checkout …`);
    }
    // Jitter: two that withdrew from each other must not meet again.
    await delay(50 + Math.random() * 150);
  }
}

/** The claims of other live processes; dead ones are cleared on the way. */
function liveClaims(folder, mine) {
  return readdirSync(folder).filter((name) => {
    if (name === mine) return false;
    if (isAlive(folder, name)) return true;
    rmSync(join(folder, name), { force: true });
    return false;
  });
}

function isAlive(folder, name) {
  const [pid, host] = name.split("@");
  try {
    const silentMs = Date.now() - statSync(join(folder, name)).mtimeMs;
    if (host !== hostname() || processExists(Number(pid))) return silentMs < deadAfterMs;
    const children = readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean);
    return silentMs < orphanDeadAfterMs && children.some((child) => processExists(Number(child)));
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

function processExists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** A process that was suspended past the limit may have lost its claim: it must stop rather than work beside the new holder. */
function beat(claim) {
  try {
    const now = new Date();
    utimesSync(claim, now, now);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    throw new Failure("this run was suspended so long that another one took over its lock. Run the command again.");
  }
}
