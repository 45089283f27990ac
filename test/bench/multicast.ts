/** Multicast groups over HTTP: what one costs must not depend on how many there are. */
import { fileURLToPath } from "node:url";
import { median, ratioFigure, type Figure } from "./measure.ts";
import { startService } from "../support/service.ts";
import { memoryBytes, send } from "./process.ts";

const DPD = fileURLToPath(new URL("../../apps/dpd/src/main.ts", import.meta.url));
const VERSION = "13.1.0";
/** Pairs of an underlay group and an external group that leads there. */
const PAIRS = 10_000;
const SAMPLE = 1_000;

const underlayIp = (n: number): string => `ff04::${n.toString(16)}`;
const externalIp = (n: number): string => `239.0.${n >> 8}.${n & 255}`;
const underlay = (n: number): string =>
  JSON.stringify({
    group_ip: underlayIp(n),
    tag: "bench",
    members: [
      { port_id: "rear0", link_id: 0, direction: "Underlay" },
      { port_id: "qsfp0", link_id: 0, direction: "External" },
    ],
  });
const external = (n: number): string =>
  JSON.stringify({
    group_ip: externalIp(n),
    tag: "bench",
    internal_forwarding: {
      nat_target: { internal_ip: underlayIp(n), inner_mac: { a: [0x33, 0x33, 0, 0, n >> 8, n & 255] }, vni: 77 },
    },
    external_forwarding: { vlan_id: 10 },
    sources: [{ Exact: "10.0.0.1" }],
  });

export async function multicastFigures(): Promise<Figure[]> {
  const dpd = await startService(DPD, ["--listen", "127.0.0.1:0", "--asic", "model", "--profile", "large"]);
  try {
    const call = (method: string, path: string, body?: string) => send(`${dpd.url}${path}`, method, VERSION, body);
    const link = JSON.stringify({ speed: "Speed100G", fec: "RS" });
    for (const port of ["rear0", "qsfp0"]) await call("POST", `/ports/${port}/links`, link);
    const create = async (n: number): Promise<number> => {
      const bodies = [underlay(n), external(n)] as const;
      const start = performance.now();
      await call("POST", "/multicast/underlay-groups", bodies[0]);
      await call("POST", "/multicast/external-groups", bodies[1]);
      return performance.now() - start;
    };
    // Code is compiled as it is used: warm it up, and start from none.
    for (let n = 1; n <= SAMPLE; n++) await create(n);
    await call("DELETE", "/multicast/groups");

    const before = memoryBytes(dpd.child.pid ?? 0);
    const times: number[] = [];
    for (let n = 1; n <= PAIRS; n++) times.push(await create(n));
    const bytes = (memoryBytes(dpd.child.pid ?? 0) - before) / (2 * PAIRS);
    const few = median(times.slice(0, SAMPLE));
    const many = median(times.slice(-SAMPLE));

    const longest = await longestWait(dpd.url, () => call("DELETE", "/multicast/groups"));
    const ms = (value: number): string => `${value.toFixed(2)} ms`;
    return [
      ratioFigure(
        "creating two multicast groups among 20,000 / among 1,000",
        many,
        few,
        2,
        `${ms(many)} / ${ms(few)}, ${(bytes / 1024).toFixed(1)} KiB each`,
      ),
      {
        name: "longest wait for health while 20,000 groups are reset",
        measured: ms(longest),
        budget: "≤ 50 ms",
        holds: longest <= 50,
      },
    ];
  } finally {
    await dpd.stop();
  }
}

/** Asks for health, one request after the other, until the work is done. */
async function longestWait(url: string, work: () => Promise<unknown>): Promise<number> {
  let busy = true;
  const done = work().finally(() => {
    busy = false;
  });
  let longest = 0;
  while (busy) {
    const start = performance.now();
    await send(`${url}/health`, "GET", VERSION);
    longest = Math.max(longest, performance.now() - start);
  }
  await done;
  return longest;
}
