import { afterAll, beforeAll, expect, test } from "vitest";
import { testNexus, type TestNexus } from "./support/nexus.ts";

let rack: TestNexus;
beforeAll(async () => {
  rack = await testNexus();
});
afterAll(() => rack.close());

const PATH = "/v1/me/ssh-keys";
const key = (name: string) => ({ name, description: "mine", public_key: `ssh-ed25519 ${name}` });

test("keys are created, seen by name and id, listed, and deleted", async () => {
  const created = await rack.ok("POST", PATH, key("laptop"));
  expect(created).toMatchObject(key("laptop"));
  expect(await rack.ok("GET", `${PATH}/laptop`)).toEqual(created);
  expect(await rack.ok("GET", `${PATH}/${created.id}`)).toEqual(created);
  expect((await rack.ok("GET", PATH)).items).toEqual([created]);
  expect((await rack.call("DELETE", `${PATH}/laptop`)).status).toBe(204);
  expect((await rack.call("DELETE", `${PATH}/laptop`)).status).toBe(404);
  expect((await rack.ok("GET", PATH)).items).toEqual([]);
  await rack.ok("POST", PATH, key("laptop"));
});

test("a second key of the same name is refused in upstream's words", async () => {
  await rack.ok("POST", PATH, key("twice"));
  expect(await rack.call("POST", PATH, key("twice"))).toMatchObject({
    status: 400,
    body: { error_code: "ObjectAlreadyExists", message: 'already exists: ssh-key "twice"' },
  });
});

test("nobody sees the keys of others", async () => {
  const { id } = await rack.ok("POST", PATH, key("private"));
  const options = { token: rack.tokens.privileged };
  expect((await rack.ok("GET", PATH, undefined, options)).items).toEqual([]);
  expect((await rack.call("GET", `${PATH}/${id}`, undefined, options)).status).toBe(404);
  expect((await rack.call("DELETE", `${PATH}/${id}`, undefined, options)).status).toBe(404);
  await rack.ok("POST", PATH, key("private"), options);
});
