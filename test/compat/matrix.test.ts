/**
 * Every version of a client against every maximum of a server and every operation, from the declarations. A request that
 * the server knows is answered as the newest version answers what the conversions make of it; one that its version does not
 * have is not found; one that is newer than the server is refused and changes nothing. Requests follow one another in random
 * versions, so what is read with one version was written with another.
 */
import { realWorld } from "@racklet/world";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageOf, send, type Answer } from "../fuzz/support/answer.ts";
import { requestOf, shown, validParts, type FuzzRequest } from "../fuzz/support/request.ts";
import { Dice } from "../fuzz/support/seed.ts";
import { cellsOf, describeCell, documentsOf, type Cell } from "./support/cells.ts";
import { MATRIX, type MatrixApi } from "./support/matrix-apis.ts";
import { cutServer, isAtMost } from "./support/releases.ts";
import { ALL, REPLAY, report, SEED, slice } from "./support/runs.ts";
import { startTwins, type Twins } from "./support/twins.ts";

/** What a few seconds allow; starting a Nexus is the dear part. */
const SLICE: Readonly<Record<string, number>> = { dpd: 200, "sled-agent": 120, propolis: 80, nexus: 120 };

/** Operations that before a version meant what the newest one cannot express: there the old twin's answer stands alone. */
const NO_TWIN: Readonly<Record<string, { readonly before: string; readonly why: string }>> = {
  instance_update: { before: "2026060500.0.0", why: "nothing was said of jumbo frames, which then stay as they are" },
  multicast_group_view: { before: "2026010800.0.0", why: "a group has sources of its own, not those of its members" },
  multicast_group_list: { before: "2026010800.0.0", why: "a group has sources of its own, not those of its members" },
  multicast_group_update_external: { before: "8.0.0", why: "a tag could be left out" },
  multicast_group_update_underlay: { before: "8.0.0", why: "a tag could be left out" },
  multicast_group_delete: { before: "8.0.0", why: "a tag could be left out" },
  multicast_reset_untagged: { before: "8.0.0", why: "groups could be without a tag" },
  write_network_bootstore_config: { before: "49.0.0", why: "it keeps the version that it was written in" },
};

/** No more is learned from going on. */
const ENOUGH = 20;
const timeout = ALL ? 1_200_000 : 60_000;

describe.each(MATRIX)("$ident, every client against every server", ({ ident, api, start }: MatrixApi) => {
  const documents = documentsOf(api);
  const dice = new Dice(`matrix of ${ident}, ${SEED}`);
  const cells = cellsOf(api, ident, documents);
  const chosen = slice(cells, SLICE[ident] ?? 100, `matrix of ${ident}`);
  const servers = new Map<string, ReturnType<typeof cutServer>>();
  let faults: string[] = [];
  let twins: Twins;
  let ran = 0;

  const serverAt = (newest: string): ReturnType<typeof cutServer> => {
    const known =
      servers.get(newest) ?? cutServer(api, (request) => twins.old.send(request), newest, realWorld({ name: ident }));
    servers.set(newest, known);
    return known;
  };

  beforeAll(async () => {
    twins = await startTwins(api, start, documents);
  }, timeout);
  afterAll(async () => {
    await twins?.close();
    report(`matrix of ${ident}`, ran, cells.length);
  });

  const fail = (cell: Cell, what: string): void => void faults.push(`${describeCell(cell)}: ${what}`);

  const sendOld = (cell: Cell, request: FuzzRequest): Promise<Answer> =>
    send({ ...twins.old, send: async (each) => serverAt(cell.server)(each) }, request);

  const requestFor = (cell: Cell): FuzzRequest => {
    const headers = { ...twins.old.headers, "api-version": cell.client };
    return requestOf(cell.operation, validParts(cell.operation, twins.newest.pool, dice), headers);
  };

  /** What the newest version cannot express is answered as its document says, and no more is known of it here. */
  async function runLone(cell: Cell): Promise<void> {
    const { status, text } = await sendOld(cell, requestFor(cell));
    const isDocumented = status === cell.operation.successStatus || (status >= 400 && status < 500 && status !== 405);
    if (!isDocumented && ![501, 503, 507].includes(status)) fail(cell, `${status} ${text}`);
  }

  async function runServed(cell: Cell): Promise<void> {
    const parts = validParts(cell.operation, twins.newest.pool, dice);
    const { answer, fault } = await twins.through(serverAt(cell.server)).ask(cell.operation, parts);
    if (fault !== undefined) fail(cell, fault);
    const echoed = answer.headers.get("api-version");
    if (echoed !== cell.client) fail(cell, `says that it used version ${echoed}`);
  }

  async function runAbsent(cell: Cell): Promise<void> {
    const request = requestFor(cell);
    const answer = await sendOld(cell, request);
    // So that both have used up one id.
    await send(twins.newest, request);
    const wanted = cell.isPathLive ? [405, "Method Not Allowed"] : [404, "Not Found"];
    if (answer.status !== wanted[0] || messageOf(answer) !== wanted[1]) {
      fail(cell, `${shown(request)}\nanswered ${answer.status} ${answer.text}, should ${wanted.join(" ")}`);
    }
  }

  async function compareStates(cell: Cell): Promise<void> {
    const [old, newest] = [await twins.old.digest(), await twins.newest.digest()];
    if (old === newest) return;
    fail(cell, `after it the twins differ:\n${difference(newest, old)}\n${REPLAY}`);
    await twins.close();
    twins = await startTwins(api, start, documents);
  }

  test("serves what both know, and has not what its version has not", { timeout }, async () => {
    faults = [];
    const served = dice.shuffled(chosen.filter(({ kind }) => kind !== "refused"));
    const { prepareEvery } = twins.old;
    const twinned = served.filter((cell) => !isLone(cell));
    for (const [i, cell] of twinned.entries()) {
      if (faults.length >= ENOUGH) break;
      if (i % prepareEvery === 0) await Promise.all([twins.old.prepare(), twins.newest.prepare()]);
      await (cell.kind === "absent" ? runAbsent(cell) : runServed(cell));
      ran += 1;
      if (i % prepareEvery === prepareEvery - 1 || i === twinned.length - 1) await compareStates(cell);
    }
    // These come last: after them the twins are no longer alike.
    for (const [i, cell] of served.filter(isLone).entries()) {
      if (i % prepareEvery === 0) await twins.old.prepare();
      await runLone(cell);
      ran += 1;
    }
    expect(faults.slice(0, 5), `${faults.length} faults`).toEqual([]);
  });

  test("refuses what is newer than itself and changes nothing", { timeout }, async () => {
    faults = [];
    const before = await twins.old.digest();
    for (const cell of chosen.filter(({ kind }) => kind === "refused")) {
      const request = requestFor(cell);
      const answer = await sendOld(cell, request);
      ran += 1;
      if (answer.status !== 400 || messageOf(answer) !== `server does not support this API version: ${cell.client}`) {
        fail(cell, `${shown(request)}\nanswered ${answer.status} ${answer.text}`);
      }
    }
    expect(faults.slice(0, 5), `${faults.length} faults`).toEqual([]);
    expect(await twins.old.digest(), `a refused request changed something; ${REPLAY}`).toBe(before);
  });
});

/** The lines that only one of two digests has. */
function difference(wanted: string, got: string): string {
  const [should, does] = [wanted.split("\n"), got.split("\n")];
  const missing = should.filter((line) => !does.includes(line)).map((line) => `- ${line}`);
  return [...missing, ...does.filter((line) => !should.includes(line)).map((line) => `+ ${line}`)].join("\n");
}

function isLone({ kind, operation, client }: Cell): boolean {
  const before = NO_TWIN[operation.operationId]?.before;
  return kind === "served" && before !== undefined && client !== before && isAtMost(client, before);
}
