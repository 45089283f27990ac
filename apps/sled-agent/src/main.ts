/** `node apps/sled-agent/src/main.ts`: one sled-agent in a process of its own. `--help` lists the flags. */
import process from "node:process";
import { AddressInUseError, UsageError } from "@racklet/api-kit";
import { realWorld } from "@racklet/world";
import { parseConfig, startSledAgent, type SledAgentConfig } from "./index.ts";

const USAGE = `usage: node apps/sled-agent/src/main.ts [flags]      (each flag is also a variable RACKLET_<FLAG>)
  --sled-id UUID            required
  --nexus URL               required: Nexus' internal API
  --listen [::1]:PORT       default [::1]:12345; port 0 picks a free one
  --scrimlet                the sled has a switch; --dpd URL: where that switch's dpd listens
  --mode real|sim           default real; sim: VMs change only when poked, as in upstream's simulator
  --underlay IPV6           the sled's address on the underlay network, default the address it listens on
  --serial S                default made from the sled's id
  --rack-id UUID            default the rack of upstream's tests
  --propolis embedded|process  each VM's propolis server in this process (default), or in one of its own, which needs --data
  --data DIR                where VMs and the network configuration are kept, so that they outlive this process
  --boot-ms MIN-MAX         how long a simulated VM takes to boot, default 100-300`;

function readConfig(): SledAgentConfig {
  try {
    return parseConfig(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`sled-agent: ${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

if (process.argv.includes("--help")) {
  console.log(USAGE);
  process.exit(0);
}
const config = readConfig();
try {
  const sledAgent = await startSledAgent(config, realWorld({ name: `sled-agent/${config.serial}` }));
  const stop = () => void sledAgent.close();
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  // Last: whoever reads it may send a signal at once.
  console.log(JSON.stringify({ event: "listening", url: sledAgent.url }));
} catch (error) {
  if (!(error instanceof AddressInUseError)) throw error;
  console.error(`sled-agent: ${error.message}`);
  process.exitCode = 1;
}
