import { afterAll, beforeAll, expect, test } from "vitest";
import { testNexus, type TestNexus } from "./support/nexus.ts";

let rack: TestNexus;
beforeAll(async () => {
  rack = await testNexus();
});
afterAll(() => rack.close());

test("a text with the character NUL is refused by name, on whatever database", async () => {
  const answer = await rack.call("POST", "/v1/projects", { name: "p", description: "a\0b" });
  expect(answer).toMatchObject({
    status: 400,
    body: { error_code: "InvalidRequest", message: expect.stringContaining("NUL") },
  });
});
