/** The P4 tables over HTTP. */
import { expect, test } from "vitest";
import { chaosAsic, modelAsic } from "../../src/asic/index.ts";
import { listTableNames } from "../../src/table/catalogue.ts";
import { entry, target } from "./support/entries.ts";
import { startHarness } from "./support/harness.ts";

const V4 = "Ingress.nat_ingress.ingress_ipv4";
const V6 = "Ingress.nat_ingress.ingress_ipv6";

test("the tables are listed by name", async () => {
  const { call } = startHarness({ config: { asic: "absent" } });
  expect(await call("GET /table", { version: "1.0.0" })).toMatchObject({ status: 200, body: listTableNames() });
});

test("every table can be dumped and its counters read", async () => {
  const { call } = startHarness();
  for (const name of listTableNames()) {
    expect(await call(`GET /table/${name}/dump?from_hardware=true`)).toMatchObject({
      status: 200,
      body: { name, size: expect.any(Number), entries: [] },
    });
    expect(await call(`GET /table/${name}/counters?force_sync=true`)).toMatchObject({ status: 200, body: [] });
  }
});

test.each([
  ["1.0.0", ""],
  ["8.0.0", ""],
  ["9.0.0", "?from_hardware=true"],
  ["13.1.0", "?from_hardware=false"],
])("version %s dumps a table as text, in any case of its name", async (version, query) => {
  const { call } = startHarness();
  await call("PUT /nat/ipv4/203.0.113.7/80/90", { body: target(1) });
  await call("PUT /nat/ipv6/2001:db8::7/0/65535", { body: target(2) });
  const dump = (table: string) => call(`GET /table/${table}/dump${query}`, { version });
  expect(await dump(V4.toUpperCase())).toMatchObject({
    status: 200,
    body: {
      name: V4,
      size: 1024,
      entries: [
        {
          keys: { dst_addr: "203.0.113.7", ports: "80-90" },
          action: "forward_ipv4_to",
          action_args: { target: "fd00:1122:3344:101::1", inner_mac: "a8:40:25:f0:00:01", vni: "101" },
        },
      ],
    },
  });
  expect(await dump(V6)).toMatchObject({
    body: { entries: [{ keys: { dst_addr: "2001:db8::7", ports: "0-65535" }, action: "forward_ipv6_to" }] },
  });
});

test("from version 9 on a dump must say whether to read the hardware", async () => {
  const { call } = startHarness();
  for (const [query, message] of [
    ["", "missing field `from_hardware`"],
    ["?from_hardware=yes", "from_hardware"],
  ] as const) {
    expect(await call(`GET /table/${V4}/dump${query}`, { version: "9.0.0" })).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(`^unable to parse query string: .*${message}`) },
    });
  }
});

test("each entry of a NAT table has a counter", async () => {
  const { call } = startHarness();
  await call("PUT /nat/groups/a", { body: { generation: 1, entries: [entry("10.0.0.1", 1, 2)] } });
  expect(await call(`GET /table/${V4}/counters?force_sync=true`)).toMatchObject({
    status: 200,
    body: [{ keys: { dst_addr: "10.0.0.1", ports: "1-2" }, data: { pkts: 0, bytes: 0 } }],
  });
  expect(await call(`GET /table/${V4}/counters`)).toMatchObject({ status: 400 });
});

test("an unknown table is 404, one that cannot be read 503, a fault while reading 418", async () => {
  const { ctx, call } = startHarness();
  const views = (table: string) => [
    `/table/${table}/dump?from_hardware=true`,
    `/table/${table}/counters?force_sync=false`,
  ];
  for (const path of views("Ingress.nope")) {
    expect(await call(`GET ${path}`)).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining("Ingress.nope") },
    });
  }
  ctx.switch.detach("pulled out");
  for (const path of views(V4)) {
    expect(await call(`GET ${path}`)).toMatchObject({ status: 503, body: { error_code: "AsicUnavailable" } });
  }
  const faulty = chaosAsic(modelAsic("sidecar"), {
    // The ASIC can be taken into use, and then nothing can be read.
    next: (operation) => (operation === "rows" ? { kind: "synthetic", when: "before" } : undefined),
  });
  expect(await startHarness({ asic: faulty }).call(`GET /table/${V4}/dump?from_hardware=true`)).toMatchObject({
    status: 418,
    body: { error_code: "Synthetic ASIC error" },
  });
});
