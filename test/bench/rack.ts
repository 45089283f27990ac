/** The whole rack: how soon it is ready, what it takes, and what one more running VM costs all services together. */
import { readdirSync, readFileSync } from "node:fs";
import { ok, Oxide } from "../support/oxide.ts";
import { startRack, type Rack } from "../support/rack.ts";
import { until } from "../support/until.ts";
import { median, type Figure } from "./measure.ts";
import { cpuMs, memoryBytes } from "./process.ts";

const STARTS = 5;
const VMS = 60;
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
    const me = await ok(methods.currentUserView({}));
    const query = { project: "bench" };
    await ok(methods.projectCreate({ body: { name: "bench", description: "" } }));
    await ok(methods.systemIpPoolCreate({ body: { name: "bench", description: "", ipVersion: "v4" } }));
    await ok(
      methods.systemIpPoolRangeAdd({ path: { pool: "bench" }, body: { first: "10.9.0.0", last: "10.9.255.255" } }),
    );
    await ok(methods.systemIpPoolSiloLink({ path: { pool: "bench" }, body: { silo: me.siloId, isDefault: true } }));
    const create = async (count: number, prefix: string): Promise<void> => {
      for (let i = 0; i < count; i++) {
        await ok(
          methods.instanceCreate({
            query,
            body: {
              name: `${prefix}-${i}`,
              description: "",
              hostname: `${prefix}-${i}`,
              ncpus: 1,
              memory: 2 ** 30,
              networkInterfaces: { type: "default_ipv4" },
            },
          }),
        );
      }
      await until(
        "all VMs run",
        () => ok(methods.instanceList({ query: { ...query, limit: 1000 } })),
        ({ items }) => items.every(({ runState }) => runState === "running"),
        { deadlineMs: 60_000, everyMs: 200 },
      );
    };
    await create(VMS, "warm");
    const before = { cpu: cpuOf(rack), memory: memoryOf(rack) };
    await create(VMS, "vm");
    const cpu = (cpuOf(rack) - before.cpu) / VMS;
    const kilobytes = (memoryOf(rack) - before.memory) / VMS / 1024;
    return [
      {
        name: "CPU of one more VM, create to running, all services",
        measured: `${cpu.toFixed(1)} ms`,
        budget: "≤ 50 ms",
        holds: cpu <= 50,
      },
      {
        name: "memory of one more running VM, all services",
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
