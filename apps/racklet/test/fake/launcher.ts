/** A launcher to be killed: runs one fake service, says its process number, and waits. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realWorld } from "@racklet/world";
import { processLauncher } from "../../src/supervisor/child-process.ts";
import { LogFile } from "../../src/supervisor/log-file.ts";
import { Supervisor } from "../../src/supervisor/supervisor.ts";
import { fakeMain, spec } from "./specs.ts";

const log = new LogFile(join(mkdtempSync(join(tmpdir(), "racklet-test-")), "x.log"));
const supervisor = new Supervisor({
  world: realWorld({ name: "launcher", log: { level: "silent" } }),
  launcher: processLauncher({ mainOf: () => fakeMain, logOf: () => log, env: process.env }),
  services: [spec("dpd/switch0", "run")],
  startsAtOnce: 1,
});
supervisor.start();
await supervisor.until(([service]) => service?.phase === "running");
process.stdout.write(`${supervisor.list()[0]?.pid}\n`);
setInterval(() => {}, 60_000);
