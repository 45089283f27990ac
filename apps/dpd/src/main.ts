/** `node apps/dpd/src/main.ts`: one dpd in a process of its own. `--help` lists the flags. */
import process from "node:process";
import { AddressInUseError, UsageError } from "@racklet/api-kit";
import { realWorld } from "@racklet/world";
import { parseConfig, startDpd, type DpdConfig } from "./index.ts";

const USAGE = `usage: node apps/dpd/src/main.ts [flags]      (each flag is also a variable RACKLET_<FLAG>)
  --listen HOST:PORT        default 127.0.0.1:12224; port 0 picks a free one
  --allow-remote            listen on more than the loopback interface, without any authentication
  --switch switch0|switch1  default switch0
  --asic model|chaos|absent default model; chaos injects faults: --seed N, --rate 0..1
  --profile sidecar|large   table sizes, default sidecar
  --nexus URL               fetch NAT entries from this Nexus instead of being sent them`;

function readConfig(): DpdConfig {
  try {
    return parseConfig(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`dpd: ${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

if (process.argv.includes("--help")) {
  console.log(USAGE);
  process.exit(0);
}
const config = readConfig();
try {
  const dpd = await startDpd(config, realWorld({ name: `dpd/${config.switch}` }));
  const stop = () => void dpd.close();
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  // Last: whoever reads it may send a signal at once.
  console.log(JSON.stringify({ event: "listening", url: dpd.url }));
} catch (error) {
  if (!(error instanceof AddressInUseError)) throw error;
  console.error(`dpd: ${error.message}`);
  process.exitCode = 1;
}
