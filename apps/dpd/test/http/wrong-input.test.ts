/** Wrong input of every kind gets its status and says what is wrong, and changes nothing. */
import { encodePageToken } from "@racklet/api-kit";
import { expect, test } from "vitest";
import { dpdApi } from "@racklet/api-types/dpd/api";
import { BODY_LIMIT, SIDECAR_BULK_BODY_LIMIT } from "@racklet/api-types/dpd/limits";
import { entry, target } from "./support/entries.ts";
import { startHarness, type CallOptions } from "./support/harness.ts";

const E = entry("10.0.0.2", 1, 2);
const GROUP = "PUT /nat/groups/a";
const group = (entries: unknown, generation: unknown = 8): CallOptions => ({ body: { generation, entries } });
const BODY = "unable to parse JSON body: ";
const PATH = "bad parameter in URL path: ";
const QUERY = "unable to parse query string: ";

const refused: [operation: string, options: CallOptions, message: string][] = [
  // Versions.
  ["GET /nat/ipv4", { version: null }, 'missing expected header "api-version"'],
  ["GET /nat/ipv4", { version: "13" }, 'bad value for header "api-version": '],
  ["GET /nat/ipv4", { version: "14.0.0" }, "server does not support this API version: 14.0.0"],
  ["GET /no/such/path", { version: "14.0.0" }, "server does not support this API version: 14.0.0"],
  // Path parameters.
  ["PUT /nat/ipv4/10.0.0/1/2", { body: target() }, `${PATH}ipv4`],
  ["PUT /nat/ipv4/010.0.0.1/1/2", { body: target() }, `${PATH}ipv4`],
  ["PUT /nat/ipv4/fd00::1/1/2", { body: target() }, `${PATH}ipv4`],
  ["PUT /nat/ipv6/10.0.0.1/1/2", { body: target() }, `${PATH}ipv6`],
  ["PUT /nat/ipv6/fd00::1%25eth0/1/2", { body: target() }, `${PATH}ipv6`],
  ["PUT /nat/ipv4/10.0.0.2/65536/65536", { body: target() }, `${PATH}low`],
  ["PUT /nat/ipv4/10.0.0.2/1/x", { body: target() }, `${PATH}high`],
  ["PUT /nat/ipv4/10.0.0.2/-1/2", { body: target() }, `${PATH}low`],
  ["DELETE /nat/ipv4/10.0.0.1/70000", {}, `${PATH}low`],
  ["PUT /nat/groups/a%20b", group([]), `${PATH}group`],
  ["PUT /nat/groups/a%2Fb", group([]), `${PATH}group`],
  [`PUT /nat/groups/${"a".repeat(81)}`, group([]), `${PATH}group`],
  ["DELETE /nat/groups/b*", {}, `${PATH}group`],
  // Query parameters.
  ["GET /nat/ipv4?limit=0", {}, `${QUERY}limit`],
  ["GET /nat/ipv4?limit=ten", {}, `${QUERY}limit`],
  [`GET /nat/groups?page_token=${encodePageToken({ ip: "10.0.0.1" })}`, {}, `${QUERY}failed to parse pagination token`],
  [`GET /nat/groups/a/entries?page_token=${encodePageToken({ ip: "10.0.0.1", port: 65_536 })}`, {}, QUERY],
  [`GET /nat/ipv4/10.0.0.1?page_token=${encodePageToken({ ip: "10.0.0.1" })}`, {}, QUERY],
  [`${GROUP}?dry_run=1`, group([]), `${QUERY}dry_run`],
  ["DELETE /nat/groups/a?generation=0", {}, `${QUERY}generation`],
  ["DELETE /nat/groups/a?generation=1.5", {}, `${QUERY}generation`],
  ["DELETE /nat/groups/a?generation=9007199254740993", {}, `${QUERY}generation`],
  // Bodies that are not JSON, or not of the type.
  ["PUT /nat/ipv4/10.0.0.2/1/2", { body: '{"internal_ip":' }, BODY],
  ["PUT /nat/ipv4/10.0.0.2/1/2", { body: " " }, BODY],
  ["PUT /nat/ipv4/10.0.0.2/1/2", { body: [] }, BODY],
  ["PUT /nat/ipv4/10.0.0.2/1/2", { body: { ...target(), vni: 16_777_216 } }, `${BODY}vni`],
  ["PUT /nat/ipv4/10.0.0.2/1/2", { body: { ...target(), vni: "1" } }, `${BODY}vni`],
  ["PUT /nat/ipv4/10.0.0.2/1/2", { body: { ...target(), vni: 1.5 } }, `${BODY}vni`],
  ["PUT /nat/ipv4/10.0.0.2/1/2", { body: { ...target(), internal_ip: "10.0.0.1" } }, `${BODY}internal_ip`],
  ["PUT /nat/ipv4/10.0.0.2/1/2", { body: { ...target(), inner_mac: "a8:40:25:00:00:01" } }, `${BODY}inner_mac`],
  ["PUT /nat/ipv4/10.0.0.2/1/2", { body: { ...target(), inner_mac: { a: [1, 2, 3, 4, 5] } } }, `${BODY}inner_mac.a`],
  [
    "PUT /nat/ipv4/10.0.0.2/1/2",
    { body: { ...target(), inner_mac: { a: [1, 2, 3, 4, 5, 256] } } },
    `${BODY}inner_mac.a[5]`,
  ],
  ["PUT /nat/ipv4/10.0.0.2/1/2", { body: { vni: 1 } }, `${BODY}missing field`],
  [
    "PUT /nat/ipv4/10.0.0.2/1/2",
    { body: JSON.stringify(target()), headers: { "content-type": "text/plain" } },
    'expected content type "application/json", got "text/plain"',
  ],
  [GROUP, group([], 0), `${BODY}generation`],
  [GROUP, group([], 2 ** 53), `${BODY}generation`],
  [GROUP, group([], "8"), `${BODY}generation`],
  [GROUP, group({}), `${BODY}entries`],
  [GROUP, { body: { generation: 8 } }, `${BODY}missing field \`entries\``],
  [GROUP, group([E, { ...E, external: "10.0.0.256" }]), `${BODY}entries[1].external`],
  [GROUP, group([{ ...E, low: 65_536 }]), `${BODY}entries[0].low`],
  [GROUP, group([{ ...E, target: { ...E.target, vni: -1 } }]), `${BODY}entries[0].target.vni`],
  ["POST /nat/groups/a/changes", { body: { from_generation: 7, generation: 8, upsert: [] } }, `${BODY}missing field`],
  [
    "POST /nat/groups/a/changes",
    { body: { from_generation: 7, generation: 8, upsert: [], remove: [{}] } },
    `${BODY}remove[0]`,
  ],
  // What types cannot say.
  ["PUT /nat/ipv4/10.0.0.2/3/2", { body: target() }, "invalid port range"],
  ["PUT /nat/ipv6/fd00::2/3/2", { body: target() }, "invalid port range"],
  [GROUP, group([{ ...E, low: 3 }]), "invalid port range"],
  [GROUP, group([E, E]), "entries[1]: 10.0.0.2/1-2 overlaps 10.0.0.2/1-2"],
  [GROUP, group([entry("fd00::2", 1, 5), entry("FD00:0::2", 5, 6)]), "entries[1]: fd00::2/5-6 overlaps fd00::2/1-5"],
  // Too much.
  [
    "PUT /nat/ipv4/10.0.0.2/1/2",
    { body: " ".repeat(BODY_LIMIT + 1) },
    `request body exceeded maximum size of ${BODY_LIMIT} bytes`,
  ],
  [
    GROUP,
    { body: " ".repeat(SIDECAR_BULK_BODY_LIMIT + 1) },
    `request body exceeded maximum size of ${SIDECAR_BULK_BODY_LIMIT} bytes`,
  ],
];

test.each(refused)("%s is refused: %#", async (operation, options, message) => {
  const { call, digest } = startHarness();
  await call("PUT /nat/groups/a", { body: { generation: 7, entries: [entry("10.0.0.1"), entry("fd00::1")] } });
  const before = await digest();
  const { status, body, headers } = await call(operation, options);
  expect({ status, body }).toEqual({
    status: 400,
    body: { request_id: headers.get("x-request-id"), message: expect.stringContaining(message) },
  });
  expect(await digest()).toBe(before);
});

test("an unknown path is 404, a method that a path does not have 405 with those it has", async () => {
  const { call } = startHarness();
  expect(await call("GET /nat/ipv5")).toMatchObject({ status: 404, body: { message: "Not Found" } });
  const { status, headers } = await call("POST /nat/ipv4");
  expect({ status, allow: headers.get("allow") }).toEqual({ status: 405, allow: "DELETE, GET" });
});

test("unknown fields are ignored", async () => {
  const { call } = startHarness();
  expect(await call("PUT /nat/ipv4/10.0.0.2/1/2", { body: { ...target(), colour: "red" } })).toMatchObject({
    status: 204,
  });
});

test("a body of the full limit is read", async () => {
  const { call } = startHarness();
  const text = JSON.stringify(target());
  expect(await call("PUT /nat/ipv4/10.0.0.2/1/2", { body: text.padEnd(BODY_LIMIT) })).toMatchObject({ status: 204 });
});

/** What a software switch has not, and who it is, which the ASIC tells. */
const REFUSED_READS: Readonly<Record<string, number>> = {
  switch_identifiers: 503,
  leds_list: 503,
  pcs_counters_list: 501,
  fec_rs_counters_list: 501,
};

test("without an ASIC nothing but a write or a look into the tables is refused", async () => {
  const { call } = startHarness({ config: { asic: "absent" } });
  for (const operation of Object.values(dpdApi.operations)) {
    if (operation.method !== "GET" || operation.path.includes("{")) continue;
    const version = operation.revisions.some((revision) => "removed" in revision) ? "1.0.0" : "13.1.0";
    const { status } = await call(`GET ${operation.path}`, { version });
    expect({ path: operation.path, status }).toEqual({
      path: operation.path,
      status: REFUSED_READS[operation.operationId] ?? 200,
    });
  }
  expect(await call("DELETE /all-settings")).toMatchObject({ status: 503, body: { error_code: "AsicUnavailable" } });
});
