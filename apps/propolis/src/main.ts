/** `node apps/propolis/src/main.ts`: the server of one VM in a process of its own. `--help` lists the flags. */
import process from "node:process";
import { runService } from "@racklet/api-kit";
import { realWorld } from "@racklet/world";
import { parseConfig, startPropolis } from "./index.ts";

const USAGE = `usage: node apps/propolis/src/main.ts [flags]      (each flag is also a variable RACKLET_<FLAG>)
  --listen HOST:PORT      default 127.0.0.1:12400; port 0 picks a free one
  --mode standard|mock    default standard; mock: the answers of upstream's mock server
  --features LIST         falcon, failure-injection: what only some builds of upstream's server have
  --boot-ms MIN-MAX       how long a simulated VM takes to run, default 100-300
  --guest-ms MS           how long its guest then takes to its login prompt, default 600`;

const listening = await runService(
  {
    name: "propolis",
    usage: USAGE,
    parse: parseConfig,
    start: (config) => startPropolis(config, realWorld({ name: "propolis" })),
    urls: ({ url }) => ({ url }),
  },
  { process, console },
);
// A sled-agent gives no pipe to write to, which would break when it dies, but a channel for this one message.
if (listening !== undefined) process.send?.(listening);
