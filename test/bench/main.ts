/** Prints the figures of the project against their budgets: `npm run bench [-- --json]`. Exit code 1 when one does not hold. */
import { attachFigures } from "./attach.ts";
import type { Figure } from "./measure.ts";
import { multicastFigures } from "./multicast.ts";
import { multicastRackFigures } from "./multicast-rack.ts";
import { natFigures } from "./nat.ts";
import { requestFigures } from "./requests.ts";
import { rackFigures } from "./rack.ts";

const GROUPS: readonly (readonly [title: string, run: () => Promise<Figure[]>])[] = [
  ["the rack", rackFigures],
  ["NAT groups", natFigures],
  ["small requests", requestFigures],
  ["external addresses", attachFigures],
  ["multicast groups", multicastFigures],
  ["multicast on a full rack", multicastRackFigures],
];

const json = process.argv.includes("--json");
const figures: Figure[] = [];
for (const [title, run] of GROUPS) {
  if (!json) console.error(`measuring: ${title} …`);
  figures.push(...(await run()));
}
if (json) console.log(JSON.stringify(figures));
else {
  const width = (key: "name" | "measured") => Math.max(...figures.map((figure) => figure[key].length));
  for (const { name, measured, budget, holds } of figures) {
    console.log(`${holds ? "✓" : "✗"} ${name.padEnd(width("name"))}  ${measured.padEnd(width("measured"))}  ${budget}`);
  }
}
process.exitCode = figures.every(({ holds }) => holds) ? 0 : 1;
