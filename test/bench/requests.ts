/** A small GET, held against what Node's own server needs for the same answer. */
import { fileURLToPath } from "node:url";
import { startService, type ServiceProcess } from "../support/service.ts";
import { median, ratioFigure, type Figure } from "./measure.ts";
import { cpuMs, send } from "./process.ts";

const DPD = fileURLToPath(new URL("../../apps/dpd/src/main.ts", import.meta.url));
const BARE = fileURLToPath(new URL("bare-server.ts", import.meta.url));
const VERSION = "13.1.0";
const PATH = "/rpw/nat/gen";
const WARM_UP = 10_000;
/** The kernel counts a process's time in 10 ms: a few hundredths of what a round takes. */
const REQUESTS = 20_000;
const ROUNDS = 7;
/** Clients that ask at the same time, each one request after another. */
const CLIENTS = 16;

export async function requestFigures(): Promise<Figure[]> {
  const servers = await Promise.all([
    startService(BARE, []),
    startService(DPD, ["--listen", "127.0.0.1:0", "--asic", "model"]),
  ]);
  try {
    const [bare, ours] = servers;
    const rounds = { bare: [] as number[], ours: [] as number[] };
    for (const each of servers) await ask(each, WARM_UP);
    for (let round = 0; round < ROUNDS; round++) {
      rounds.bare.push(await microsecondsEach(bare));
      rounds.ours.push(await microsecondsEach(ours));
    }
    const [least, measured] = [median(rounds.bare), median(rounds.ours)];
    return [
      ratioFigure(
        "CPU of a small GET / of the same from node:http",
        measured,
        least,
        1.4,
        `${measured.toFixed(1)} and ${least.toFixed(1)} µs`,
      ),
    ];
  } finally {
    await Promise.all(servers.map((each) => each.stop()));
  }
}

async function ask({ url }: ServiceProcess, times: number): Promise<void> {
  const client = async (): Promise<void> => {
    for (let i = 0; i < times / CLIENTS; i++) await send(`${url}${PATH}`, "GET", VERSION);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

async function microsecondsEach(server: ServiceProcess): Promise<number> {
  const { pid } = server.child;
  if (pid === undefined) throw new Error(`${server.url} has no process`);
  const before = cpuMs(pid);
  await ask(server, REQUESTS);
  return ((cpuMs(pid) - before) / REQUESTS) * 1000;
}
