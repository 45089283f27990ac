/** What the services answer in each version is what was recorded of that version. `node test/compat/record.ts` records anew. */
import { afterAll, describe, expect, test } from "vitest";
import type { Target } from "../fuzz/support/target.ts";
import { CHOSEN, RECORDED } from "./support/golden-apis.ts";
import { Masks, readGoldens, recordedVersions, replay } from "./support/goldens.ts";
import { report, slice } from "./support/runs.ts";

const all = RECORDED.flatMap(({ ident, api, start }) => {
  const recorded = new Set(recordedVersions(ident));
  const versions = api.versions.all.map(({ semver }) => semver.text).filter((version) => recorded.has(version));
  return versions.map((version) => ({ ident, version, start, name: `${ident} ${version}` }));
});
const chosen = RECORDED.flatMap(({ ident }) =>
  slice(
    all.filter((each) => each.ident === ident),
    2,
    `goldens of ${ident}`,
  ),
);

let ran = 0;
let possible = 0;
for (const { ident, version } of all) possible += readGoldens(ident, version).length;
afterAll(() => report("goldens", ran, possible));

test.each(chosen)("$name answers as it was recorded", { timeout: 60_000 }, async ({ ident, version, start }) => {
  const target = await start();
  try {
    const goldens = readGoldens(ident, version);
    const faults = await replay(target, version, goldens, new Masks(CHOSEN));
    expect(faults.map(({ text }) => text).join("\n\n")).toBe("");
    ran += goldens.length;
  } finally {
    await target.close();
  }
});

test.each(RECORDED)("there is a recording of each version of $ident and of no other", ({ ident, api }) => {
  const versions = api.versions.all.map(({ semver }) => semver.text);
  expect(recordedVersions(ident).sort(), `run: node test/compat/record.ts ${ident}`).toEqual(versions.sort());
});

describe("a meaning changed under the same shape is caught", () => {
  const [propolis, sledAgent] = ["propolis", "sled-agent"].map((ident) => all.findLast((each) => each.ident === ident));

  const replayed = async (
    what: typeof propolis,
    change: (answer: Record<string, unknown>) => Record<string, unknown>,
  ): Promise<string[]> => {
    if (what === undefined) throw new Error("no such recording");
    const target = await what.start();
    try {
      const goldens = readGoldens(what.ident, what.version);
      const faults = await replay(changing(target, change), what.version, goldens, new Masks(CHOSEN));
      return faults.map(({ text }) => text);
    } finally {
      await target.close();
    }
  };

  test("two fields of one type are swapped", async () => {
    const swap = ({ name, description, ...rest }: Record<string, unknown>): Record<string, unknown> =>
      name === undefined || description === undefined
        ? { name, description, ...rest }
        : { ...rest, name: description, description: name };
    expect((await replayed(propolis, swap)).join("\n")).toMatch(/GET \/instance/);
  });

  test("a number counts something else", async () => {
    const shift = (answer: Record<string, unknown>): Record<string, unknown> =>
      typeof answer["usable_hardware_threads"] === "number"
        ? { ...answer, usable_hardware_threads: answer["usable_hardware_threads"] / 2 }
        : answer;
    expect((await replayed(sledAgent, shift)).join("\n")).toMatch(/GET \/inventory/);
  });

  test("and nothing is reported where nothing changed", async () => {
    expect(await replayed(propolis, (answer) => answer)).toEqual([]);
  });
});

/** The service, with every object of its answers changed. */
function changing(target: Target, change: (answer: Record<string, unknown>) => Record<string, unknown>): Target {
  return {
    ...target,
    send: async (request) => {
      const response = await target.send(request);
      const text = await response.text();
      const { status, headers } = response;
      if (text === "") return new Response(null, { status, headers });
      const changed = JSON.stringify(JSON.parse(text), (_, value: unknown) =>
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? change(value as Record<string, unknown>)
          : value,
      );
      return new Response(changed, { status, headers });
    },
  };
}
