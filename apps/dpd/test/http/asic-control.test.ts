/** An ASIC that appears and disappears while dpd runs. */
import { expect, test } from "vitest";
import { createApp } from "../../src/server.ts";
import { entry, target } from "./support/entries.ts";
import { startHarness } from "./support/harness.ts";

const PUT = "PUT /nat/ipv4/10.0.0.1/1/2";

test("a dpd without an ASIC becomes ready, without a restart, when one is attached", async () => {
  const { call } = startHarness({ config: { asic: "absent" } });
  const { body: before } = await call("GET /dpd-uptime");
  expect(await call(PUT, { body: target() })).toMatchObject({
    status: 503,
    body: { error_code: "AsicUnavailable", message: expect.stringContaining("started with --asic absent") },
  });
  expect(await call("POST /debug/asic/attach", { version: null })).toMatchObject({
    status: 200,
    body: { state: "ready", asic: { backend: "model", present: true, last_error: null } },
  });
  expect(await call(PUT, { body: target() })).toMatchObject({ status: 204 });
  expect(await call("GET /switch/identifiers")).toMatchObject({ status: 200 });
  expect((await call("GET /dpd-uptime")).body).toBeGreaterThanOrEqual(before as number);
});

test("a detached ASIC takes its tables along, and one that is attached again starts empty", async () => {
  const { ctx, call } = startHarness();
  await call("PUT /nat/groups/a", { body: { generation: 3, entries: [entry("10.0.0.1")] } });
  const { instanceId } = ctx.switch.status();
  expect(await call("POST /debug/asic/detach", { version: null })).toMatchObject({
    status: 200,
    body: { state: "asic_absent", asic: { present: false, last_error: "detached by an operator" } },
  });
  expect(await call("GET /nat/groups/a")).toMatchObject({ status: 404 });
  expect(await call(PUT, { body: target() })).toMatchObject({ status: 503 });
  await call("POST /debug/asic/attach", { version: null });
  expect(ctx.switch.status().instanceId).not.toBe(instanceId);
  expect(await call("GET /nat/ipv4")).toMatchObject({ body: { items: [] } });
  expect(await call("PUT /nat/groups/a", { body: { generation: 3, entries: [entry("10.0.0.1")] } })).toMatchObject({
    status: 200,
    body: { outcome: "applied", counts: { added: 1 } },
  });
});

test("attaching what is attached and detaching what is gone change nothing", async () => {
  const { ctx, call } = startHarness();
  await call(PUT, { body: target() });
  const { instanceId } = ctx.switch.status();
  await call("POST /debug/asic/attach", { version: null });
  expect(ctx.switch.status().instanceId).toBe(instanceId);
  expect(await call("GET /nat/ipv4/10.0.0.1/1")).toMatchObject({ status: 200 });
  await call("POST /debug/asic/detach", { version: null });
  const { since } = ctx.switch.status();
  await call("POST /debug/asic/detach", { version: null });
  expect(ctx.switch.status().since).toBe(since);
});

test("a page in a browser cannot steer the ASIC, and nothing happens on a GET", async () => {
  const { ctx } = startHarness();
  const app = createApp(ctx);
  const headers = { origin: "http://example.com" };
  const refused = await app.fetch(new Request("http://dpd/debug/asic/detach", { method: "POST", headers }));
  expect(refused.status).toBe(403);
  expect((await app.fetch(new Request("http://dpd/debug/asic/detach"))).status).not.toBe(200);
  expect(ctx.switch.status().state).toBe("ready");
});
