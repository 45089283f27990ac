/** `node apps/propolis/src/main.ts`: the server of one VM in a process of its own. `--help` lists the flags. */
import process from "node:process";
import { AddressInUseError, UsageError } from "@racklet/api-kit";
import { realWorld } from "@racklet/world";
import { parseConfig, startPropolis, type PropolisConfig } from "./index.ts";

const USAGE = `usage: node apps/propolis/src/main.ts [flags]      (each flag is also a variable RACKLET_<FLAG>)
  --listen HOST:PORT      default 127.0.0.1:12400; port 0 picks a free one
  --mode standard|mock    default standard; mock: the answers of upstream's mock server
  --features LIST         falcon, failure-injection: what only some builds of upstream's server have
  --boot-ms MIN-MAX       how long a simulated VM takes to run, default 100-300
  --guest-ms MS           how long its guest then takes to its login prompt, default 600`;

function readConfig(): PropolisConfig {
  try {
    return parseConfig(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`propolis: ${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

if (process.argv.includes("--help")) {
  console.log(USAGE);
  process.exit(0);
}
try {
  const propolis = await startPropolis(readConfig(), realWorld({ name: "propolis" }));
  const stop = () => void propolis.close();
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  // Last: whoever reads it may send a signal at once.
  const listening = { event: "listening", url: propolis.url };
  console.log(JSON.stringify(listening));
  // A sled-agent gives no pipe to write to, which would break when it dies, but a channel for this one message.
  process.send?.(listening);
} catch (error) {
  if (!(error instanceof AddressInUseError)) throw error;
  console.error(`propolis: ${error.message}`);
  process.exitCode = 1;
}
