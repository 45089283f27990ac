/** The release fixtures, and what stands in for a server of an earlier release. */
import { apiVersions, cutVersions, declare, defineApi, s, serveApi, type Api } from "@racklet/api-kit";
import { propolisApi } from "@racklet/api-types/propolis/api";
import { nullLog, realWorld } from "@racklet/world";
import { describe, expect, test } from "vitest";
import { documentsOf } from "./support/cells.ts";
import { MATRIX } from "./support/matrix-apis.ts";
import { startPropolis } from "./support/propolis.ts";
import { ADJACENT, cutServer, isAtMost, RELEASES } from "./support/releases.ts";
import { startTwins } from "./support/twins.ts";

describe("releases", () => {
  test.each(MATRIX)(
    "know no version of $ident that there is not, and never fewer than the release before",
    ({ ident, api }) => {
      for (const release of RELEASES)
        expect(isAtMost(release[ident], api.versions.latest.semver.text), release.release).toBe(true);
      for (const [older, newer] of ADJACENT) expect(isAtMost(older[ident], newer[ident]), newer.release).toBe(true);
    },
  );

  test("have names of their own", () => {
    expect(new Set(RELEASES.map(({ release }) => release)).size).toBe(RELEASES.length);
  });
});

const versions = apiVersions([
  [5, "LATER"],
  [3, "MIDDLE"],
  [1, "INITIAL"],
]);
const old = s.object({ a: s.u8() });
const now = s.object({ a: s.u8(), b: s.u8() });
const shelf = (onMissing: Api["onMissing"]) =>
  defineApi({
    ident: "shelf",
    title: "Shelf",
    description: "",
    versions,
    onMissing,
    bodyLimit: 10,
    operations: {
      thing_get: declare({
        operationId: "thing_get",
        method: "GET",
        path: "/thing",
        summary: "Get it",
        revisions: [
          { since: versions.V.MIDDLE, response: now },
          { since: versions.V.INITIAL, response: old, down: ({ a }: { a: number }) => ({ a }) },
        ],
      }),
      thing_put: declare({
        operationId: "thing_put",
        method: "PUT",
        path: "/thing",
        summary: "Put it",
        revisions: [{ since: versions.V.LATER }],
      }),
    },
  });

describe.each(["refuse", "latest"] as const)("a server in front of a newer one, %s without a version,", (onMissing) => {
  const world = { ...realWorld({ name: "shelf" }), log: nullLog };
  const serve = (api: ReturnType<typeof shelf>) =>
    serveApi(api, {
      context: undefined,
      handlers: { thing_get: () => ({ a: 1, b: 2 }), thing_put: () => undefined },
      world,
      bodyValidators: {},
    });
  const api = shelf(onMissing);
  const newest = serve(api);
  const answers = async (server: (request: Request) => Response | Promise<Response>): Promise<string[]> => {
    const found: string[] = [];
    for (const method of ["GET", "PUT", "POST"]) {
      for (const path of ["/thing", "/nothing", "/.well-known/api-versions"]) {
        for (const version of [
          undefined,
          "0.1.0",
          "1.0.0",
          "2.0.0",
          "3.0.0",
          "3.0.0+x",
          "4.0.0",
          "5.0.0",
          "6.0.0",
          "x",
        ]) {
          const headers = version === undefined ? {} : { "api-version": version };
          const response = await server(new Request(`http://shelf${path}`, { method, headers }));
          const text = (await response.text()).replace(/"request_id":"[^"]+"/, "");
          found.push(`${method} ${path} ${version}: ${response.status} ${response.headers.get("api-version")} ${text}`);
        }
      }
    }
    return found;
  };

  test.each(["INITIAL", "MIDDLE", "LATER"] as const)(
    "answers as one that knows nothing newer than %s",
    async (label) => {
      const cut = cutVersions(versions, label);
      const real = serve({ ...api, versions: cut as typeof versions });
      const standIn = cutServer(api, (request) => newest.fetch(request), cut.latest.semver.text, world);
      expect(await answers(standIn)).toEqual(await answers((request) => real.fetch(request)));
    },
  );
});

test("twins tell when an old version is answered otherwise than the conversions say", async () => {
  const documents = documentsOf(propolisApi);
  const twins = await startTwins(propolisApi, startPropolis, documents);
  const operation = documents.at(-1)?.operations.find(({ operationId }) => operationId === "instance_get");
  if (operation === undefined) throw new Error("version 1 has no instance_get");
  const parts = { params: {}, query: {}, body: undefined };
  const wrong = async (request: Request): Promise<Response> => {
    const response = await twins.old.send(request);
    return new Response((await response.text()).replace('"alpha"', '"beta"'), response);
  };
  expect((await twins.through((request) => twins.old.send(request)).ask(operation, parts)).fault).toBeUndefined();
  expect((await twins.through(wrong).ask(operation, parts)).fault).toMatch(/answered .*"beta"[\s\S]*should .*"alpha"/);
  await twins.close();
});
