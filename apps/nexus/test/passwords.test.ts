import { expect, test } from "vitest";
import { realWorld } from "@racklet/world";
import { createPasswords } from "../src/authn/passwords.ts";

const passwords = createPasswords(realWorld({ name: "test" }));

test("a hash fits its password only, and never comes out the same twice", async () => {
  const [one, two] = [await passwords.hash("grün"), await passwords.hash("grün")];
  expect(one).not.toBe(two);
  expect(await passwords.verify("grün", one)).toBe(true);
  expect(await passwords.verify("grun", one)).toBe(false);
});

test("a hash says with what parameters it was made, so older ones keep working", async () => {
  const cheaper = "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA==$ELCBQNEJChqWjxeUy2osZbwx9NcPAeUrs8AMIPcdyK0=";
  expect(await passwords.hash("x")).toMatch(/^\$scrypt\$ln=14,r=8,p=1\$/);
  expect([await passwords.verify("x", cheaper), await passwords.verify("y", cheaper)]).toEqual([true, false]);
});

test("without a hash the answer is no, after the same derivation", async () => {
  expect(await passwords.verify("", null)).toBe(false);
});

test("a hash in another form is an error, not a mismatch", async () => {
  await expect(passwords.verify("x", "plain")).rejects.toThrow("password hash");
});

test("too many at once are refused instead of queued without end", async () => {
  const all = await Promise.allSettled(Array.from({ length: 38 }, () => passwords.verify("x", null)));
  expect(all.filter(({ status }) => status === "rejected")).toHaveLength(6);
});

test("a cost that is asked for is that of new hashes", async () => {
  const cheap = createPasswords(realWorld({ name: "test" }), { ln: 4, r: 8, p: 1 });
  const hash = await cheap.hash("x");
  expect(hash).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$/);
  expect([await cheap.verify("x", hash), await passwords.verify("x", hash)]).toEqual([true, true]);
});
