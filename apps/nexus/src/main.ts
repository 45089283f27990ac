/** `node apps/nexus/src/main.ts`: one Nexus in a process of its own. `--help` lists the flags. */
import process from "node:process";
import { runService } from "@racklet/api-kit";
import { DataInUseError, NewerDatabaseError } from "@racklet/store";
import { realWorld } from "@racklet/world";
import { ExposedError, parseConfig, startNexus } from "./index.ts";

const USAGE = `usage: node apps/nexus/src/main.ts [flags]      (each flag is also a variable RACKLET_<FLAG>)
  --external HOST:PORT      API for users, default 127.0.0.1:12220; port 0 picks a free one
  --internal HOST:PORT      API for sled-agents and dpds, default 127.0.0.1:12221
  --lockstep HOST:PORT      API for operators' tools, default 127.0.0.1:12232
  --database URL            sqlite:PATH (default sqlite:.racklet/nexus.db), sqlite::memory: or postgres://…
  --dpd URL                 a switch's dpd, besides those that sled-agents report; may be repeated
  --rack-id UUID            default: that of upstream's development rack
  --initial-password TEXT   of the first user of a new database, default oxide
  --default-pools           give the first silo of a new database a default IPv4 and IPv6 pool
  --spoof                   believe "Bearer oxide-spoof-<user id>": for tests only`;

await runService(
  {
    name: "nexus",
    usage: USAGE,
    parse: parseConfig,
    start: (config) => startNexus(config, realWorld({ name: "nexus" })),
    urls: ({ urls: { external, internal, lockstep } }) => ({ url: external, internal, lockstep }),
    nextSteps: [
      [ExposedError, ""],
      [DataInUseError, "stop it, or choose another file with --database"],
      [NewerDatabaseError, "use the newer version, or choose another file with --database"],
    ],
  },
  { process, console },
);
