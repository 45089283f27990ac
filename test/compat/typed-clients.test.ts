/** The generated clients: what a version has not, its client cannot even be asked for; what is newer than the server says so. */
import { dpdClient, UnsupportedVersionError } from "@racklet/dpd-client";
import { dpdClient as dpdClient12 } from "@racklet/dpd-client/v12";
import { nullLog, realWorld, type World } from "@racklet/world";
import { dpdApi } from "@racklet/api-types/dpd/api";
import { expect, test } from "vitest";
import { startDpd } from "../fuzz/support/dpd.ts";
import { cutServer } from "./support/releases.ts";

const worldTo = (serve: (request: Request) => Response | Promise<Response>): World => ({
  ...realWorld({ name: "client" }),
  log: nullLog,
  fetch: async (request) => serve(request),
});

test("a client of an older version has no operation that came later, and no field", async () => {
  const target = await startDpd();
  const dpd = dpdClient12({ baseUrl: "http://dpd", world: worldTo((request) => target.send(request)) });
  // @ts-expect-error -- NAT groups came with 13.1
  expect(dpd.nat_group_get).toBeUndefined();
  const link = { speed: "Speed100G" } as const;
  // @ts-expect-error -- the field came with 13
  await dpd.link_create({ path: { port_id: "qsfp5" }, body: { ...link, allow_ddm_traffic: true } });
  await target.close();
});

test("the newest client is refused by every older server, by name, and nothing changes", async () => {
  const target = await startDpd();
  const before = await target.digest();
  const latest = dpdApi.versions.latest.semver.text;
  for (const { semver } of dpdApi.versions.all.slice(0, -1)) {
    const server = cutServer(dpdApi, (request) => target.send(request), semver.text, realWorld({ name: "dpd" }));
    const dpd = dpdClient({ baseUrl: "http://dpd", world: worldTo(server) });
    const call = dpd.nat_group_ensure({ path: { group: "alpha" }, body: { generation: 9, entries: [] } });
    await expect(call).rejects.toBeInstanceOf(UnsupportedVersionError);
    await expect(call).rejects.toMatchObject({ wanted: latest, operationId: "nat_group_ensure" });
  }
  expect(await target.digest()).toBe(before);
  await target.close();
});
