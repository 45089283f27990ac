/** How long after a user's call for an external address both switches forward it, on a rack with nothing else to do. */
import { dpdClient, type DpdClient } from "@racklet/dpd-client";
import { realWorld } from "@racklet/world";
import { ok, Oxide } from "../support/oxide.ts";
import { startRack } from "../support/rack.ts";
import { until } from "../support/until.ts";
import { median, type Figure } from "./measure.ts";
import { createVms, prepare } from "./vms.ts";

const WARM_UP = 20;
const ATTACHES = 200;
const BUDGET_MS = 100;
const query = { project: "bench" };

export async function attachFigures(): Promise<Figure[]> {
  const rack = await startRack();
  try {
    const { methods } = new Oxide({ host: rack.nexus.external, token: rack.token });
    await prepare(methods);
    await createVms(methods, 1, "vm");
    const { ip } = await ok(
      methods.floatingIpCreate({ query, body: { name: "ip", description: "", addressAllocator: { type: "auto" } } }),
    );
    const world = realWorld({ name: "bench", log: { level: "silent" } });
    const switches = rack.dpd.map(({ url }) => dpdClient({ baseUrl: url, world }));
    const hasEntry = (wanted: boolean) => Promise.all(switches.map((dpd) => untilEntry(dpd, ip, wanted)));
    const attach = async (): Promise<number> => {
      const start = performance.now();
      await ok(
        methods.floatingIpAttach({ path: { floatingIp: "ip" }, query, body: { kind: "instance", parent: "vm-0" } }),
      );
      await hasEntry(true);
      const took = performance.now() - start;
      await ok(methods.floatingIpDetach({ path: { floatingIp: "ip" }, query }));
      await hasEntry(false);
      return took;
    };
    const times: number[] = [];
    for (let i = 0; i < WARM_UP + ATTACHES; i++) {
      const took = await attach();
      if (i >= WARM_UP) times.push(took);
    }
    const p99 = times.toSorted((a, b) => a - b)[Math.ceil(0.99 * times.length) - 1] ?? Number.NaN;
    return [
      {
        name: "external IP attach → entry in both switches, p99",
        measured: `${p99.toFixed(0)} ms (median ${median(times).toFixed(0)} ms of ${ATTACHES})`,
        budget: `≤ ${BUDGET_MS} ms`,
        holds: p99 <= BUDGET_MS,
      },
    ];
  } finally {
    await rack.stop();
  }
}

function untilEntry(dpd: DpdClient, ipv4: string, wanted: boolean): Promise<unknown> {
  return until(
    `${ipv4} ${wanted ? "is" : "is not"} forwarded`,
    () => dpd.nat_ipv4_list({ path: { ipv4 } }),
    ({ items }) => items.length > 0 === wanted,
    { everyMs: 1 },
  );
}
