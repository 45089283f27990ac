/** The services' NAT under random configurations, a bad network and a switch that forgets, with and without NAT groups. */
import type { LinkFaults } from "@racklet/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { natEntries } from "../support/nat.ts";
import { config, seen, zones } from "./support/config.ts";
import { ScrimletRig } from "./support/rig.ts";

/** `SCRIMLET_SEED=N` replays a run. */
const SEED = Number(process.env["SCRIMLET_SEED"] ?? 4);

const BAD: LinkFaults = { refuse: 0.1, dropRequest: 0.1, dropResponse: 0.1, duplicate: 0.1, delayMs: [1, 2_000] };

const event = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("config" as const),
      sled: fc.integer({ min: 4, max: 6 }),
      nexus: fc.integer({ min: 1, max: 4 }),
    }),
  },
  fc.constantFrom({ type: "reset" as const }, { type: "kill" as const }, { type: "quiet" as const }),
);

describe(`whatever happens (SCRIMLET_SEED=${SEED})`, () => {
  test.each([
    ["with NAT groups", undefined],
    ["without", "ALLOW_DDM_TRAFFIC"],
  ])("%s, the switch ends with what was written last, and loses none of what stayed meanwhile", async (_, newest) => {
    const options = newest === undefined ? {} : { newest };
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 8 }), fc.nat(), async (events, seed) => {
        const rig = new ScrimletRig(options, {}, seed);
        let generation = 0;
        let last: { sled: number; nexus: number } | undefined;
        for (const each of events) {
          rig.sim.network.setFaults("sled-agent", "dpd", BAD);
          const protectedNow = last !== undefined && each.type === "config" ? await natEntries(rig.dpd()) : [];
          rig.requests = [];
          if (each.type === "reset") await rig.dpd().nat_ipv4_reset();
          if (each.type === "kill") rig.restartDpd(options);
          if (each.type === "config") {
            last = { sled: each.sled, nexus: each.nexus };
            generation += 1;
            await rig.ask("PUT", "/network-bootstore-config", config(generation, generation, zones(last)));
          }
          await rig.pass(20_000);
          // The other services' entries do not change, so nobody has a reason to remove one.
          if (protectedNow.length === 3) {
            expect(rig.requests.filter((request) => /^DELETE .*(10\.0\.0\.9|2001:db8)/.test(request))).toEqual([]);
          }
        }
        rig.sim.network.setFaults("sled-agent", "dpd", {});
        await rig.pass(60_000);
        const found = await natEntries(rig.dpd());
        await rig.close();
        expect(found).toEqual(last === undefined ? [] : seen(last));
      }),
      { seed: SEED, numRuns: 25 },
    );
  });
});
