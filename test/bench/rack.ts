/** The whole rack: how soon it is ready, what it takes, and what one more running VM costs all services together. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Oxide } from "../support/oxide.ts";
import { startRack, type Rack } from "../support/rack.ts";
import { median, type Figure } from "./measure.ts";
import { cpuMs, memoryBytes } from "./process.ts";
import { createVms, prepare } from "./vms.ts";

const STARTS = 5;
const WARM_VMS = 50;
const VMS = 150;
const VM_MEMORY = fileURLToPath(new URL("vm-memory.ts", import.meta.url));
const run = promisify(execFile);
const MB = 1024 * 1024;

export async function rackFigures(): Promise<Figure[]> {
  // The first start fills the compile cache, as it does for a user.
  await (await startRack()).stop();
  const startups: number[] = [];
  let memory = 0;
  for (let i = 0; i < STARTS; i++) {
    const rack = await startRack();
    startups.push(rack.startup_ms);
    memory = memoryOf(rack);
    await rack.stop();
  }
  const single = await startRack("--in-process");
  const singleMemory = memoryOf(single);
  await single.stop();
  const start = median(startups);
  return [
    {
      name: "cold start of the whole rack",
      measured: `${start.toFixed(0)} ms (${startups.map((ms) => ms.toFixed(0)).join(", ")})`,
      budget: "≤ 1,500 ms",
      holds: start <= 1_500,
    },
    memoryFigure("its memory as separate processes", memory, 600),
    memoryFigure("its memory with --in-process", singleMemory, 200),
    ...(await vmFigures()),
  ];
}

async function vmFigures(): Promise<Figure[]> {
  const rack = await startRack("--sleds", "4");
  try {
    const { methods } = new Oxide({ host: rack.nexus.external, token: rack.token });
    await prepare(methods);
    await createVms(methods, WARM_VMS, "warm");
    const before = cpuOf(rack);
    await createVms(methods, VMS, "vm");
    const cpu = (cpuOf(rack) - before) / VMS;
    const kilobytes = Number((await run(process.execPath, ["--expose-gc", VM_MEMORY])).stdout) / 1024;
    return [
      {
        name: "CPU of one more VM, create to running, all services",
        measured: `${cpu.toFixed(1)} ms`,
        budget: "≤ 50 ms",
        holds: cpu <= 50,
      },
      {
        name: "live memory of one more running VM, all services",
        measured: `${kilobytes.toFixed(0)} KB`,
        budget: "≤ 200 KB",
        holds: kilobytes <= 200,
      },
    ];
  } finally {
    await rack.stop();
  }
}

const memoryFigure = (name: string, bytes: number, limitMb: number): Figure => ({
  name,
  measured: `${(bytes / MB).toFixed(0)} MB`,
  budget: `≤ ${limitMb} MB`,
  holds: bytes <= limitMb * MB,
});

const memoryOf = (rack: Rack): number => sum(processesOf(rack).map(memoryBytes));
const cpuOf = (rack: Rack): number => sum(processesOf(rack).map(cpuMs));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The launcher and everything below it. */
function processesOf(rack: Rack): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = Number(readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]?.split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended while we looked.
    }
  }
  const found = [rack.pid];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}
