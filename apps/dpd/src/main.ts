/** `node apps/dpd/src/main.ts`: one dpd in a process of its own. `--help` lists the flags. */
import process from "node:process";
import { runService } from "@racklet/api-kit";
import { realWorld } from "@racklet/world";
import { parseConfig, startDpd } from "./index.ts";

const USAGE = `usage: node apps/dpd/src/main.ts [flags]      (each flag is also a variable RACKLET_<FLAG>)
  --listen HOST:PORT        default 127.0.0.1:12224; port 0 picks a free one
  --allow-remote            listen on more than the loopback interface, without any authentication
  --switch switch0|switch1  default switch0
  --asic model|chaos|absent default model; chaos injects faults: --seed N, --rate 0..1
  --profile sidecar|large   table sizes, default sidecar
  --nexus URL               fetch NAT entries from this Nexus instead of being sent them`;

await runService(
  {
    name: "dpd",
    usage: USAGE,
    parse: parseConfig,
    start: (config) => startDpd(config, realWorld({ name: `dpd/${config.switch}` })),
    urls: ({ url }) => ({ url }),
  },
  { process, console },
);
