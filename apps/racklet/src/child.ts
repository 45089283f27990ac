/**
 * Where a service's process begins when the launcher starts it: `node child.ts MAIN [flags]`. Runs the service's own entry
 * point, and ends the process when the launcher is gone, so that none is left behind whatever happens to the launcher.
 */
import { flushCompileCache } from "node:module";
import { pathToFileURL } from "node:url";
import { realWorld } from "@racklet/world";

/** For closing listeners and finishing requests, once the launcher is gone. */
const ORPHAN_GRACE_MS = 2_000;

/** When the whole rack has started: what is compiled is written then, or a service that is killed would begin without it again. */
const KEEP_COMPILED_MS = 2_000;

const main = process.argv[2];
if (main === undefined) throw new Error("usage: node child.ts MAIN [flags]");
process.argv.splice(1, 2, main);

const { timers } = realWorld({ name: "child" });
process.stdin.on("error", () => {});
process.stdin.once("close", () => {
  process.kill(process.pid, "SIGTERM");
  timers.after(ORPHAN_GRACE_MS, () => process.exit(1));
});
process.stdin.resume();
// The pipe must not keep a service alive that has nothing left to do.
if ("unref" in process.stdin && typeof process.stdin.unref === "function") process.stdin.unref();

await import(pathToFileURL(main).href);
timers.after(KEEP_COMPILED_MS, flushCompileCache);
// Ctrl-C in a terminal reaches the whole group of processes; what to stop, and when, is the launcher's decision.
process.removeAllListeners("SIGINT");
process.on("SIGINT", () => {});
