import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { acceptsGzip, gzipped } from "../src/compress.ts";

it.each([
  [undefined, false],
  ["", false],
  ["gzip", true],
  ["GZIP", true],
  ["br, gzip;q=0.5", true],
  ["gzip;q=0", false],
  ["gzip; q=0.0, *", false],
  ["*", true],
  ["*;q=0", false],
  ["deflate, br", false],
  ["gzip;q=x", false],
])("a client that says accept-encoding: %j takes gzip: %s", (header, expected) => {
  expect(acceptsGzip(header)).toBe(expected);
});

it.each([["short"], ["é".repeat(100_000)]])("what is compressed comes out as it went in (%#)", async (text) => {
  expect(gunzipSync(await gzipped(text)).toString()).toBe(text);
  expect(gunzipSync(await gzipped(Buffer.from(text))).toString()).toBe(text);
});
