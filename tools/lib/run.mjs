/** Runs a child in the checkout with the pinned tools on PATH, and hands its exit status on. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { childEnv, root } from "./paths.mjs";

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/**
 * Resolves with the exit code (128 + signal number when a signal ended the child); rejects when it cannot be started.
 * Signals are passed on, except those a terminal already sent to the whole foreground group: the child would see them twice.
 */
export function run(command, args, { env = {}, stdio = "inherit", onSpawn = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...childEnv(), ...env }, stdio });
    if (child.pid !== undefined) onSpawn(child.pid);
    const handlers = forwarded.map((signal) => {
      const fromTerminal = process.stdin.isTTY === true && (signal === "SIGINT" || signal === "SIGQUIT");
      const handler = () => {
        if (!fromTerminal) child.kill(signal);
      };
      process.on(signal, handler);
      return { signal, handler };
    });
    const done = () => {
      for (const { signal, handler } of handlers) process.off(signal, handler);
    };
    child.once("error", (error) => {
      done();
      reject(error);
    });
    child.once("exit", (code, signal) => {
      done();
      resolve(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0));
    });
  });
}
