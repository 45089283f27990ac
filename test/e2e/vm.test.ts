/** `racklet vm run` as the process that a user has in a terminal. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const RACKLET = fileURLToPath(new URL("../../apps/racklet/src/main.ts", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "racklet-vm-"));
afterAll(() => rmSync(directory, { recursive: true }));

test("a described VM runs, shows its console, takes what is typed, and stops on Ctrl-C with 0", async () => {
  const file = join(directory, "web.toml");
  writeFileSync(file, '[dev.net0]\ndriver = "pci-virtio-viona"\nvnic = "vnic0"\npci-path = "0.8.0"\n');
  const child = spawn(process.execPath, [RACKLET, "vm", "run", file], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  let [shown, said] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const shows = async (text: string): Promise<void> => {
    while (!shown.includes(text)) {
      const [chunk] = (await once(child.stdout, "data")) as [Buffer];
      shown += chunk.toString();
    }
  };
  await shows("web login: ");
  child.stdin.write("me\n");
  await shows("me@web:~$ ");
  const [, url] = /propolis serves at (\S+);/.exec(said) ?? [];
  const { status } = await fetch(`${url}/instance`, { headers: { "api-version": "6.0.0" } });
  expect(status).toBe(200);
  child.kill("SIGINT");
  expect(await once(child, "close")).toEqual([0, null]);
  expect(said).toMatch(/web is starting\n.*web runs.*\n[\s\S]*web is stopping[\s\S]*web has ended\n$/);
});
