/** The version header, with everything that people put there, against servers of every age: what upstream's framework does. */
import { realWorld } from "@racklet/world";
import { afterAll, describe, expect, test } from "vitest";
import { messageOf, send } from "../fuzz/support/answer.ts";
import { MATRIX } from "./support/matrix-apis.ts";
import { cutServer, isAtMost, RELEASES } from "./support/releases.ts";
import { report } from "./support/runs.ts";

const NOWHERE = "/no/such/path";
/** No version at all: the answer quotes the value. */
const GARBAGE = [
  "13",
  "v1.0.0",
  "1.0",
  "1.0.0.0",
  "latest",
  ">=1.0.0",
  "1.0.0 ",
  "01.0.0",
  "1.0.0-",
  "",
  "1,0,0",
  "é",
  "1.0.0é",
];

let ran = 0;
afterAll(() => report("version headers", ran, ran));

describe.each(MATRIX)("$ident", ({ ident, api, start }) => {
  test("takes what is a version and no newer than itself, and says what is wrong with the rest", async () => {
    const target = await start();
    const listed = api.versions.all.map(({ semver }) => semver.text);
    const oldest = listed[0] ?? "";
    const before = await target.digest();
    try {
      for (const newest of new Set([...listed, ...RELEASES.map((release) => release[ident])])) {
        const server = cutServer(api, (request) => target.send(request), newest, realWorld({ name: ident }));
        const ask = async (version: string | undefined) => {
          ran += 1;
          const headers = version === undefined ? target.headers : { ...target.headers, "api-version": version };
          return send(
            { ...target, send: async (request) => server(request) },
            { method: "GET", url: NOWHERE, headers },
          );
        };
        const expectAnswer = async (version: string | undefined, status: number, message: string) => {
          const answer = await ask(version);
          expect([answer.status, messageOf(answer)], `server ${newest}, header ${version}`).toEqual([status, message]);
        };

        if (api.onMissing === "latest") await expectAnswer(undefined, 404, "Not Found");
        else await expectAnswer(undefined, 400, 'missing expected header "api-version"');
        for (const text of GARBAGE) {
          const answer = await ask(text);
          // A header's own spaces are not part of its value.
          if (text.trim() !== text) continue;
          expect(answer.status, `server ${newest}, header ${JSON.stringify(text)}`).toBe(400);
          expect(messageOf(answer)).toMatch(/^bad value for header "api-version": /);
          expect(messageOf(answer).endsWith(`: ${text}`), messageOf(answer)).toBe(true);
        }
        // Whether the list has it or not, before the first of the list included, a version up to the newest is one to serve.
        const [major = "0"] = newest.split(".");
        const before = `${Number(oldest.split(".")[0]) - 1}.0.0`;
        const between = [newest, oldest, before, "0.0.1", `${newest}-rc.1`, `${Number(major) - 1}.5.9`];
        for (const version of between.filter((each) => !each.startsWith("-")))
          await expectAnswer(version, 404, "Not Found");
        // Build metadata sorts above none.
        const above = [
          `${newest}+build`,
          `${Number(major) + 1}.0.0-rc.1`,
          `${Number(major) + 1}.0.0`,
          "4294967295.0.0",
        ];
        for (const version of above)
          await expectAnswer(version, 400, `server does not support this API version: ${version}`);
        for (const version of listed) {
          const isKnown = isAtMost(version, newest);
          await expectAnswer(
            version,
            isKnown ? 404 : 400,
            isKnown ? "Not Found" : `server does not support this API version: ${version}`,
          );
        }
      }
      expect(await target.digest()).toBe(before);
    } finally {
      await target.close();
    }
  });
});
