/**
 * Prints how many bytes one more running VM keeps alive in all services together: they run in this one process, whose garbage
 * is collected before each look. Run with `--expose-gc`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_CONFIG as DPD, startDpd } from "@racklet/dpd";
import { DEFAULT_CONFIG as NEXUS, startNexus } from "@racklet/nexus";
import { parseConfig, startSledAgent } from "@racklet/sled-agent";
import { realWorld } from "@racklet/world";
import { login, ok, Oxide } from "../support/oxide.ts";
import { createVms, prepare } from "./vms.ts";

const WARM = 50;
const MEASURED = 300;
const SLEDS = 4;

const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error("run with --expose-gc");
const live = (): number => {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const directory = await mkdtemp(join(tmpdir(), "racklet-bench-"));
const anyPort = { host: "127.0.0.1", port: 0 };
const dpds = await Promise.all(
  (["switch0", "switch1"] as const).map((name) =>
    startDpd({ ...DPD, listen: anyPort, switch: name }, realWorld({ name, log: { level: "error" } })),
  ),
);
const nexus = await startNexus(
  {
    ...NEXUS,
    external: anyPort,
    internal: anyPort,
    lockstep: anyPort,
    database: `sqlite:${join(directory, "nexus.db")}`,
    dpdUrls: dpds.map(({ url }) => url),
  },
  realWorld({ name: "nexus", log: { level: "error" } }),
);
const sleds = await Promise.all(
  Array.from({ length: SLEDS }, (_, n) => {
    const flags = [
      "--sled-id",
      `5ed00000-0000-4000-8000-00000000000${n}`,
      "--underlay",
      `fd00:1122:3344:10${n + 1}::1`,
    ];
    const config = parseConfig(["--listen", "[::1]:0", "--nexus", nexus.urls.internal, ...flags], {});
    return startSledAgent(config, realWorld({ name: `sled-agent/${n}`, log: { level: "error" } }));
  }),
);
try {
  const host = nexus.urls.external;
  const session = await login(host, "test-suite-silo", "test-privileged", "oxide");
  const { methods } = new Oxide({ host, baseParams: { headers: { cookie: `session=${session}` } } });
  await prepare(methods);
  await createVms(methods, WARM, "warm");
  const before = live();
  await createVms(methods, MEASURED, "vm");
  console.log(Math.round((live() - before) / MEASURED));
  await ok(methods.ping({}));
} finally {
  await Promise.all(sleds.map((sled) => sled.close()));
  await nexus.close();
  await Promise.all(dpds.map((dpd) => dpd.close()));
  await rm(directory, { recursive: true, force: true });
}
