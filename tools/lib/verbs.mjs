/** What follows `node tools/up.mjs`. */
import { Failure } from "./failure.mjs";
import { run } from "./run.mjs";
import { runChecks } from "./checks.mjs";

/** Each verb is a command line that the user's arguments are added to. */
const commands = {
  start: ["node", "apps/racklet/src/main.ts", "up"],
  racklet: ["node", "apps/racklet/src/main.ts"],
  openapi: ["node", "packages/openapi-cli/src/main.ts"],
  bench: ["node", "test/bench/main.ts"],
};

/** Resolves with the exit code. A word that is no verb is run as a command with the pinned tools on PATH. */
export async function runVerb(verb, args) {
  if (verb === "test") return runChecks(args);
  const [command, ...fixed] = commands[verb] ?? [verb];
  try {
    return await run(command, [...fixed, ...args]);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    throw new Failure(
      `"${verb}" is neither a verb (${["test", ...Object.keys(commands)].join(", ")}) nor a command on PATH.`,
    );
  }
}
