/** What a rack is waited for, with a Nexus that answers as the test says. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nullLog, realWorld, type World } from "@racklet/world";
import { afterEach, beforeEach, expect, test } from "vitest";
import { initialise } from "../src/rack/initialise.ts";
import { addressesFrom, layOut } from "../src/rack/layout.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "racklet-test-"));
  writeFileSync(join(dir, "token"), "of the last start");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface SledSeen {
  readonly id: string;
  readonly policy: { readonly kind: "in_service" | "expunged" };
}

/** The steps done, and how often Nexus was asked for sleds, whose list is each of `looks` in turn, the last one for ever. */
async function start(...looks: readonly (readonly SledSeen[])[]): Promise<{ steps: string[]; asked: number }> {
  const steps: string[] = [];
  let asked = 0;
  const answers: Readonly<Record<string, () => object | undefined>> = {
    "/v1/me": () => ({}),
    "/v1/system/hardware/sleds": () => ({ items: looks[Math.min(asked++, looks.length - 1)], next_page: null }),
    "/bgtasks/activate": () => undefined,
    "/bgtasks": () => ({
      nat_sync_switch0: { last: { last_result: "completed", details: { details: {} } } },
      nat_sync_switch1: { last: { last_result: "completed", details: { details: {} } } },
    }),
  };
  const world: World = {
    ...realWorld({ name: "test" }),
    log: nullLog,
    fetch: async ({ url }) => {
      const answer = answers[new URL(url).pathname]?.();
      return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
    },
  };
  const rack = layOut({
    addresses: addressesFrom(2, { nexus: [1, 2, 3], dpd: [4, 5], sledAgents: [6, 7] }),
    rackId: "rack",
    sledIds: ["a", "b"],
    database: "sqlite:x.db",
    password: "oxide",
    sledDataDir: (sled) => `data/${sled}`,
    propolis: "embedded",
  });
  const { token } = await initialise({
    world,
    rack,
    supervisor: { until: async () => {}, list: () => [] },
    dir,
    password: "oxide",
    createPools: false,
    onStep: (step) => steps.push(step),
    signal: new AbortController().signal,
  });
  expect(token).toBe("of the last start");
  return { steps: steps.sort(), asked };
}

const EVERYTHING = ["nexus", "the sleds", "the switches", "the token"];

test("a rack is ready when all of its sleds are in service, whatever others the database knows", async () => {
  const a: SledSeen = { id: "a", policy: { kind: "in_service" } };
  const looks = [[], [a], [a, { ...a, id: "of another start" }], [a, { ...a, id: "b" }]];
  expect(await start(...looks)).toEqual({ steps: EVERYTHING, asked: 4 });
});

test("a sled that was given up is not waited for", async () => {
  const looks: SledSeen[] = [
    { id: "a", policy: { kind: "in_service" } },
    { id: "b", policy: { kind: "expunged" } },
  ];
  expect(await start(looks)).toEqual({ steps: EVERYTHING, asked: 1 });
});
