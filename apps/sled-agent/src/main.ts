/** `node apps/sled-agent/src/main.ts`: one sled-agent in a process of its own. `--help` lists the flags. */
import process from "node:process";
import { runService } from "@racklet/api-kit";
import { realWorld } from "@racklet/world";
import { parseConfig, startSledAgent } from "./index.ts";

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

await runService(
  {
    name: "sled-agent",
    usage: USAGE,
    parse: parseConfig,
    start: (config) => startSledAgent(config, realWorld({ name: `sled-agent/${config.serial}` })),
    urls: ({ url }) => ({ url }),
  },
  { process, console },
);
