/** NAT groups over HTTP, held against parsing the same body as JSON, which is the least any server must do. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median, ratioFigure, timeRuns, type Figure } from "./measure.ts";
import { startService } from "../support/service.ts";
import { entries, entry, type Entry } from "./nat-entries.ts";
import { send } from "./process.ts";

const DPD = fileURLToPath(new URL("../../apps/dpd/src/main.ts", import.meta.url));
const MEMORY = fileURLToPath(new URL("nat-memory.ts", import.meta.url));
const run = promisify(execFile);
const VERSION = "13.1.0";
const RUNS = 31;
/** So many calls before any is timed: what is measured is a service that runs, not one that is being compiled. */
const WARM_UP = 20;

const ensureBody = (generation: number, set: readonly Entry[]): string => JSON.stringify({ generation, entries: set });

export async function natFigures(): Promise<Figure[]> {
  const dpd = await startService(DPD, ["--listen", "127.0.0.1:0", "--asic", "model", "--profile", "large"]);
  try {
    const group = (name: string): string => `${dpd.url}/nat/groups/${name}`;
    // Encoded beforehand: what the client does to a text is not the service's time.
    const bodies = new Map<number, Buffer>();
    const bodyOf = (count: number): Buffer => {
      const body = bodies.get(count) ?? Buffer.from(ensureBody(1, entries(count, 10)));
      bodies.set(count, body);
      return body;
    };
    const ensureNew = (count: number, runs: number): Promise<number[]> =>
      timeRuns(
        runs,
        () => send(group("fresh"), "PUT", VERSION, bodyOf(count)),
        () => send(group("fresh"), "DELETE", VERSION),
      );

    await ensureNew(10_000, WARM_UP);
    const text = bodyOf(10_000).toString();
    // On its own, before and after: between requests it would also pay for the garbage of their bodies, and flatter us.
    const parseAlone = async (): Promise<number[]> => {
      await timeRuns(RUNS, () => void JSON.parse(text));
      return timeRuns(RUNS, () => void JSON.parse(text));
    };
    // The same set in other bytes: it has to be read to be recognised.
    const reordered = Buffer.from(ensureBody(1, entries(10_000, 10).toReversed()));
    const repeat = (body: Buffer) => timeRuns(1, () => send(group("fresh"), "PUT", VERSION, body));
    const times = {
      added: [] as number[],
      again: [] as number[],
      reordered: [] as number[],
      parsed: await parseAlone(),
    };
    for (let run = 0; run < RUNS; run++) {
      times.added.push(...(await ensureNew(10_000, 1)));
      times.again.push(...(await repeat(bodyOf(10_000))));
      times.reordered.push(...(await repeat(reordered)));
    }
    times.parsed.push(...(await parseAlone()));
    const [added, again, parsed] = [median(times.added), median(times.again), median(times.parsed)];
    const otherOrder = median(times.reordered);

    const perEntry = async (count: number): Promise<number> => median(await ensureNew(count, 5)) / count;
    const small = await perEntry(1_000);
    const large = await perEntry(100_000);
    await send(group("fresh"), "DELETE", VERSION);

    await send(group("large"), "PUT", VERSION, ensureBody(1, entries(100_000, 20)));
    const bytesPerEntry = Number((await run(process.execPath, ["--expose-gc", MEMORY])).stdout);
    await send(group("small"), "PUT", VERSION, ensureBody(1, entries(1_000, 30)));
    const changes = (name: string, prefix: number) => async (run: number) => {
      const upsert = Array.from({ length: 10 }, (_, i) => {
        const changed = entry(run * 10 + i, prefix);
        return { ...changed, target: { ...changed.target, vni: 5_000 + run } };
      });
      const body = { from_generation: run + 1, generation: run + 2, upsert, remove: [] };
      await send(`${group(name)}/changes`, "POST", VERSION, JSON.stringify(body));
    };
    const largeChanges = median(await timeRuns(50, changes("large", 20)));
    const smallChanges = median(await timeRuns(50, changes("small", 30)));

    const ms = (value: number): string => `${value.toFixed(1)} ms`;
    return [
      ratioFigure("NAT ensure, 10,000 new entries / JSON.parse", added, parsed, 4, `${ms(added)} / ${ms(parsed)}`),
      {
        name: "… cost per entry, 100,000 / 1,000 entries",
        measured: `${(large / small).toFixed(2)} × (${(large * 1000).toFixed(2)} µs / ${(small * 1000).toFixed(2)} µs)`,
        budget: "flat: ≤ 1.5 ×",
        holds: large / small <= 1.5,
      },
      ratioFigure("the same 10,000 entries again / JSON.parse", again, parsed, 2, `${ms(again)} / ${ms(parsed)}`),
      ratioFigure("… in another order", otherOrder, parsed, 2.5, `${ms(otherOrder)} / ${ms(parsed)}`),
      {
        name: "live memory of one NAT entry",
        measured: `${bytesPerEntry.toFixed(0)} bytes`,
        budget: "≤ 1,024 bytes",
        holds: bytesPerEntry <= 1_024,
      },
      ratioFigure(
        "10 changes to 100,000 entries / to 1,000",
        largeChanges,
        smallChanges,
        3,
        `${ms(largeChanges)} / ${ms(smallChanges)}`,
      ),
    ];
  } finally {
    await dpd.stop();
  }
}
