/**
 * The one entry point of `npm start`, `npm test` and the other root scripts. It gets a clone ready (pnpm, dependencies,
 * generated code) when something is missing or stale, then runs the verb. Node built-ins only: it must work on any
 * Node >= 20.11, before anything is installed. The services themselves run on the Node that the lock file pins.
 */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  console.error(
    `racklet needs Node 20.11 or newer to start; this is ${process.versions.node}. Install a newer Node and run the command again.`,
  );
  process.exit(1);
}

const { prepare } = await import("./lib/prepare.mjs");
const { runVerb } = await import("./lib/verbs.mjs");
const { Failure } = await import("./lib/failure.mjs");
try {
  await prepare();
  process.exitCode = await runVerb(process.argv[2] ?? "start", process.argv.slice(3));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`\nracklet: ${error.message}`);
  process.exitCode = 1;
}
