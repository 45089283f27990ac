/** What only a real connection shows: bodies cut short, large bodies, starting and stopping. */
import { connect } from "node:net";
import { AddressInUseError } from "@racklet/api-kit";
import { realWorld } from "@racklet/world";
import { afterEach, expect, test, vi } from "vitest";
import { DEFAULT_CONFIG, startDpd, type DpdConfig, type RunningDpd } from "../../src/index.ts";
import { entry, manyEntries } from "./support/entries.ts";

const running: RunningDpd[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((dpd) => dpd.close()));
});

async function start(config: Partial<DpdConfig> = {}): Promise<RunningDpd> {
  const listen = { host: "127.0.0.1", port: 0 };
  const dpd = await startDpd({ ...DEFAULT_CONFIG, listen, ...config }, realWorld({ name: "dpd/test" }));
  running.push(dpd);
  return dpd;
}

const headers = { "api-version": "13.1.0", "content-type": "application/json" };

async function put(dpd: RunningDpd, path: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(dpd.url + path, { method: "PUT", headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

async function get(dpd: RunningDpd, path: string): Promise<unknown> {
  return (await fetch(dpd.url + path, { headers })).json();
}

/** Sends the bytes and cuts the connection; resolves when the server has dealt with it. */
async function sendAndCut(dpd: RunningDpd, bytes: string): Promise<void> {
  const { hostname, port } = new URL(dpd.url);
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes, () => socket.destroy()));
    socket.on("close", () => resolve());
    socket.on("error", reject);
  });
  await vi.waitFor(async () => {
    const metrics = await (await fetch(`${dpd.url}/metrics`)).text();
    expect(metrics).toMatch(/http_requests_total\{operation="nat_group_ensure",status="400"[^}]*\} 1/);
  });
}

const request = (framing: string) =>
  `PUT /nat/groups/a HTTP/1.1\r\nhost: dpd\r\napi-version: 13.1.0\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`;

test("a body that stops half-way changes nothing", async () => {
  const dpd = await start();
  await put(dpd, "/nat/groups/a", { generation: 1, entries: [entry("10.0.0.1")] });
  const before = await get(dpd, "/nat/groups/a");
  const body = JSON.stringify({ generation: 2, entries: manyEntries(500) });
  await sendAndCut(dpd, request(`content-length: ${body.length}`) + body.slice(0, body.length / 2));
  expect(await get(dpd, "/nat/groups/a")).toEqual(before);
});

test("a body that is good JSON and not finished changes nothing", async () => {
  const dpd = await start();
  await put(dpd, "/nat/groups/a", { generation: 1, entries: [entry("10.0.0.1")] });
  const before = await get(dpd, "/nat/groups/a");
  const body = JSON.stringify({ generation: 2, entries: [] });
  // The chunk of length 0 that ends the body is missing.
  await sendAndCut(dpd, `${request("transfer-encoding: chunked")}${body.length.toString(16)}\r\n${body}\r\n`);
  expect(await get(dpd, "/nat/groups/a")).toEqual(before);
});

test("10,000 entries are ensured in one request where the tables hold them", async () => {
  const dpd = await start({ profile: "large" });
  const entries = manyEntries(10_000);
  expect(await put(dpd, "/nat/groups/a", { generation: 1, entries })).toMatchObject({
    status: 200,
    body: { outcome: "applied", counts: { added: 10_000 } },
  });
  expect(await put(dpd, "/nat/groups/a", { generation: 1, entries })).toMatchObject({
    status: 200,
    body: { outcome: "unchanged", counts: { unchanged: 10_000 }, added: [] },
  });
  expect(await get(dpd, "/nat/groups/a")).toMatchObject({ ipv4_entries: 10_000, drifted: false });
});

test("with upstream's table sizes 10,000 entries are refused by name, not by the size of the body", async () => {
  const dpd = await start();
  expect(await put(dpd, "/nat/groups/a", { generation: 1, entries: manyEntries(10_000) })).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining("Ingress.nat_ingress.ingress_ipv4") },
  });
});

test("a restart on the same port starts empty", async () => {
  const first = await start();
  const { port } = new URL(first.url);
  await put(first, "/nat/groups/a", { generation: 9, entries: [entry("10.0.0.1")] });
  await first.close();
  const second = await start({ listen: { host: "127.0.0.1", port: Number(port) } });
  expect(second.url).toBe(first.url);
  expect(await get(second, "/nat/groups")).toEqual({ items: [], next_page: null });
  expect(await get(second, "/nat/ipv4")).toEqual({ items: [], next_page: null });
});

test("a port that is taken is said so", async () => {
  const { port } = new URL((await start()).url);
  await expect(start({ listen: { host: "127.0.0.1", port: Number(port) } })).rejects.toThrow(AddressInUseError);
});

test("a switch without an ASIC listens and says why it is not ready", async () => {
  const dpd = await start({ asic: "absent" });
  expect(await get(dpd, "/health")).toMatchObject({ state: "asic_absent" });
  expect(await put(dpd, "/nat/groups/a", { generation: 1, entries: [] })).toMatchObject({
    status: 503,
    body: { error_code: "AsicUnavailable" },
  });
});
