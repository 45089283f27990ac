/** Negotiation between the generated clients and the real services, cut to what they were at every version they have had. */
import { connect, supportedVersions, type ClientOptions, type ClientVersion } from "@racklet/dpd-client";
import { v1 as dpd1 } from "@racklet/dpd-client/v1";
import { v8 as dpd8 } from "@racklet/dpd-client/v8";
import { v13 as dpd13 } from "@racklet/dpd-client/v13";
import { v13_1 as dpd13_1 } from "@racklet/dpd-client/v13.1";
import { v2025112000 } from "@racklet/nexus-client/v2025112000";
import { v2026010800 } from "@racklet/nexus-client/v2026010800";
import { v2026081200 } from "@racklet/nexus-client/v2026081200";
import { v1 as nexusInternal1 } from "@racklet/nexus-internal-client/v1";
import { v1 as propolis1 } from "@racklet/propolis-client/v1";
import { v6 as propolis6 } from "@racklet/propolis-client/v6";
import { v1 as sledAgent1 } from "@racklet/sled-agent-client/v1";
import { v33 as sledAgent33 } from "@racklet/sled-agent-client/v33";
import { v49 as sledAgent49 } from "@racklet/sled-agent-client/v49";
import { realWorld } from "@racklet/world";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MATRIX, type MatrixApi } from "../compat/support/matrix-apis.ts";
import { cutServer, isAtMost, type Ident } from "../compat/support/releases.ts";
import type { Target } from "../fuzz/support/target.ts";

const VERSIONS: Readonly<Record<Ident, readonly ClientVersion[]>> = {
  dpd: [dpd1, dpd8, dpd13, dpd13_1],
  "sled-agent": [sledAgent1, sledAgent33, sledAgent49],
  propolis: [propolis1, propolis6],
  nexus: [v2025112000, v2026010800, v2026081200],
  "nexus-internal": [nexusInternal1],
};

const LIST = "/.well-known/api-versions";

/** A client's options for the service as it was at `newest`, and the requests that it got. */
function serverAt({ api }: MatrixApi, target: Target, newest: string, lists: boolean) {
  const requests: string[] = [];
  const world = realWorld({ name: "client", log: { level: "silent" } });
  const serve = cutServer(api, (request) => target.app.fetch(request), newest, world);
  const options: ClientOptions = {
    baseUrl: "http://service.test",
    world: {
      ...world,
      fetch: async (request) => {
        const url = new URL(request.url);
        requests.push(`${request.method} ${url.pathname}`);
        // Others have nothing at that address: it is as good as any that does not exist.
        const isUnknown = url.pathname === LIST && !lists;
        return serve(isUnknown ? new Request(new URL("/.well-known/none", url), request) : request);
      },
    },
  };
  return { options, requests };
}

describe.each(MATRIX)("connecting to $ident", (matrix) => {
  let target: Target;
  let before: string;
  beforeAll(async () => {
    target = await matrix.start();
    before = await target.digest();
  });
  afterAll(() => target?.close());

  const versions = VERSIONS[matrix.ident];
  const maxima = matrix.api.versions.all.map(({ semver }) => semver.text);

  it.each([
    ["that lists its versions", true],
    ["that lists none", false],
  ])("%s gives the best common version, whatever the server's newest is", async (_, lists) => {
    for (const newest of maxima) {
      const { options, requests } = serverAt(matrix, target, newest, lists);
      const best = versions.findLast(({ version }) => isAtMost(version, newest))?.version;
      const found = await connect({ ...options, versions }).then(({ version }) => version);
      expect(`${newest}: ${found}`).toBe(`${newest}: ${best}`);
      expect(new Set(requests)).toEqual(new Set([`GET ${LIST}`]));
    }
    expect(await target.digest()).toBe(before);
  });

  it("asks what is supported and gets the list, where there is one", async () => {
    const newest = maxima.at(-1) ?? "";
    const common = versions.map(({ version }) => version).reverse();
    const ask = (lists: boolean): Promise<object> =>
      supportedVersions({ ...serverAt(matrix, target, newest, lists).options, versions });
    expect(await ask(true)).toEqual({ common, listed: maxima });
    expect(await ask(false)).toEqual({ common, listed: null });
  });
});

describe("a dpd that is upgraded and put back under a client", () => {
  const [matrix] = MATRIX;
  let target: Target;
  beforeAll(async () => {
    if (matrix?.ident !== "dpd") throw new Error("dpd is not the first");
    target = await matrix.start();
  });
  afterAll(() => target?.close());

  it("is followed from version to version, and each client goes on with what it can", async () => {
    if (matrix === undefined) return;
    let newest = "8.0.0";
    const world = realWorld({ name: "client", log: { level: "silent" } });
    const fetch = async (request: Request): Promise<Response> =>
      serverAt(matrix, target, newest, true).options.world?.fetch(request) ?? Response.error();
    const seen: string[] = [];
    let dpd = await connect({
      baseUrl: "http://service.test",
      world: { ...world, fetch },
      versions: [dpd8, dpd13, dpd13_1],
      recheckMs: 0,
      onServerChange: (next) => {
        seen.push(next.version);
        dpd = next;
      },
    });
    expect(dpd.version).toBe("8.0.0");

    newest = "13.1.0";
    const old = dpd;
    await old.client.arp_list();
    await dpd.check();
    expect(dpd.version).toBe("13.1.0");
    if (dpd.version === "13.1.0") expect((await dpd.client.nat_group_list()).items).toBeInstanceOf(Array);
    expect(await old.client.arp_list()).toBeDefined();

    newest = "13.0.0";
    const refused = await dpd.client.safe.arp_list();
    expect(refused).toMatchObject({ ok: false, error: { name: "UnsupportedVersionError", wanted: "13.1.0" } });
    expect(seen).toEqual(["13.1.0", "13.0.0"]);
    expect(await dpd.client.arp_list()).toBeDefined();
  });
});
