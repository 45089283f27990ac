/** Prints how many bytes one NAT entry of a group keeps alive in dpd. Run with `--expose-gc`. */
import { bringUp, createContext, DEFAULT_CONFIG } from "@racklet/dpd";
import { nullLog, realWorld } from "@racklet/world";
import { entries } from "./nat-entries.ts";

const COUNT = 100_000;

const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error("run with --expose-gc");
const live = (): number => {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
};

const dpd = createContext({ ...DEFAULT_CONFIG, profile: "large" }, { ...realWorld({ name: "dpd" }), log: nullLog });
bringUp(dpd);
const before = live();
await dpd.nat.groups.ensure("bench", { generation: 1, entries: entries(COUNT, 10) });
console.log(Math.round((live() - before) / COUNT));
