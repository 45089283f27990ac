import { dpdApi } from "@racklet/api-types/dpd/api";
import { beforeAll, describe, expect, test } from "vitest";
import { readDocuments, type DocumentOperation } from "./support/documents.ts";
import { startDpd } from "./support/dpd.ts";
import { planOperations } from "./support/plan.ts";
import { allowedRun, refusalRun } from "./support/runs.ts";
import { Dice } from "./support/seed.ts";
import type { Target } from "./support/target.ts";

type Spoil = (response: Response, request: Request, target: Target) => Response | Promise<Response>;

const changed = async (response: Response, change: (body: Record<string, unknown>) => object): Promise<Response> => {
  const { status, headers } = response;
  return new Response(JSON.stringify(change((await response.json()) as Record<string, unknown>)), { status, headers });
};

const only = (isFor: (response: Response) => boolean, spoil: Spoil): Spoil => {
  return (response, request, target) => (isFor(response) ? spoil(response, request, target) : response);
};
const isError = ({ status }: Response): boolean => status >= 400;

/** What a service could do wrong, and what must be said about it. */
const SPOILS: Readonly<Record<string, readonly [Spoil, RegExp]>> = {
  "another status for errors": [
    only(isError, async (response) => new Response(response.body, { status: 422, headers: response.headers })),
    /the status is not/,
  ],
  "a further field in errors": [
    only(isError, (response) => changed(response, (body) => ({ ...body, stack: "" }))),
    /its body has stack/,
  ],
  "no message in errors": [
    only(isError, (response) => changed(response, ({ message: _, ...body }) => body)),
    /its message is undefined/,
  ],
  "another message": [
    only(isError, (response) => changed(response, (body) => ({ ...body, message: "no" }))),
    /the message is not like/,
  ],
  "another request id in the header": [
    only(isError, (response) => {
      const headers = new Headers(response.headers);
      headers.set("x-request-id", "another");
      return new Response(response.body, { status: response.status, headers });
    }),
    /its x-request-id is another/,
  ],
  "a change by a refused request": [
    only(
      ({ status }) => status === 400,
      async (response, _, target) => {
        await target.app.request("/all-settings", { method: "DELETE", headers: { "api-version": "13.1.0" } });
        return response;
      },
    ),
    /changed something/,
  ],
  "a 500": [
    only(
      ({ status }) => status === 204,
      () => new Response("{}", { status: 500 }),
    ),
    /500/,
  ],
  "a success of another status": [
    only(
      ({ status }) => status === 204,
      () => new Response(null, { status: 202 }),
    ),
    /202 is not in its document/,
  ],
};

describe("the fuzz tests themselves", () => {
  const versions = dpdApi.versions.all.map(({ semver }) => semver.text).toReversed();
  let operations: readonly DocumentOperation[];
  beforeAll(() => {
    const planned = planOperations(readDocuments("dpd", versions), new Dice("self"));
    operations = planned.filter(({ path }) => path.startsWith("/nat/ipv4"));
  });

  const trial = async (spoil: Spoil): Promise<string[]> => {
    const target = await startDpd();
    const send = async (request: Request): Promise<Response> => spoil(await target.send(request), request, target);
    const spoiled = { ...target, send };
    const dice = new Dice("self");
    const refused = await refusalRun(spoiled, operations.slice(0, 6), dice);
    const allowed = await allowedRun(spoiled, [...operations, ...operations], dice);
    return [...refused.found, ...allowed.faults.found];
  };

  test("have nothing to say about a good service", async () => {
    expect(await trial((response) => response)).toEqual([]);
  });

  test.each(Object.entries(SPOILS))("notice %s", async (_, [spoil, complaint]) => {
    expect((await trial(spoil)).join("\n")).toMatch(complaint);
  });
});
