import { realWorld } from "@racklet/world";
import { describe, expect, test } from "vitest";
import { DEFAULT_CONFIG, PropolisError, specFromToml, startLocalVm } from "../src/index.ts";
import { QUICK, askOver } from "./sockets.ts";
import { disk, specOf } from "./specs.ts";

const CONFIG = { ...DEFAULT_CONFIG, listen: { host: "127.0.0.1", port: 0 }, timing: QUICK };
const world = realWorld({ name: "propolis/test" });

/** Runs a described VM, and lets its text be awaited. */
async function run() {
  let text = "";
  let wake = (): void => {};
  const output = (bytes: Uint8Array): void => {
    text += Buffer.from(bytes).toString();
    wake();
  };
  const vm = await startLocalVm(CONFIG, world, { name: "mine", spec: specFromToml(""), output });
  const shows = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { vm, shows };
}

describe("a VM run from a description", () => {
  test("boots, obeys at its console, and ends when it switches itself off", async () => {
    const { vm, shows } = await run();
    await shows("mine login: ");
    vm.input(Buffer.from("me\r"));
    await shows("me@mine:~$ ");
    vm.input(Buffer.from("poweroff\r"));
    expect(await vm.ended).toBe("Destroyed");
    await vm.close();
  });

  test("is served like any other, and can be stopped", async () => {
    const { vm, shows } = await run();
    await shows("mine login: ");
    expect(await askOver(vm.url)("GET /instance")).toMatchObject({ body: { instance: { state: "Running" } } });
    vm.stop();
    vm.stop();
    expect(await vm.ended).toBe("Destroyed");
    vm.stop();
    await vm.close();
  });

  test("ends as it is when its server is closed", async () => {
    const { vm, shows } = await run();
    await shows("mine login: ");
    await vm.close();
    expect(await vm.ended).toBe("Running");
  });

  test("is refused with the reason when it does not hold together", async () => {
    const started = startLocalVm(CONFIG, world, { name: "x", spec: specOf({ d: disk("b") }), output: () => {} });
    await expect(started).rejects.toThrow(PropolisError);
    await expect(started).rejects.toThrow("storage backend b not found for device d");
  });
});
