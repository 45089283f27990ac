import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realWorld } from "@racklet/world";
import { DataInUseError, lockData, openStore } from "../src/index.ts";

const world = realWorld({ name: "test" });

describe("the lock of a data file", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "racklet-lock-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("names the process that holds the data, and is free again after kill -9", async () => {
    const url = `sqlite:${join(directory, "nexus.db")}`;
    const holder = spawn(process.execPath, [join(import.meta.dirname, "fixtures/hold-store.ts"), url], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");

    const refused = await openStore({ url, migrations: [], world }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DataInUseError);
    expect(refused).toMatchObject({ pid: holder.pid });
    expect(String(refused)).toContain(`nexus.db is in use by process ${holder.pid}`);

    holder.kill("SIGKILL");
    await once(holder, "exit");
    const store = await openStore({ url, migrations: [], world });
    await store.close();
  });

  it("keeps out a second opener in the same process until it is released", () => {
    const path = join(directory, "data");
    const lock = lockData(path);
    expect(() => lockData(path)).toThrow(new DataInUseError(path, process.pid));
    lock.release();
    lockData(path).release();
  });

  it("can be left out, for a reader beside the owner", async () => {
    const url = `sqlite:${join(directory, "nexus.db")}`;
    const owner = await openStore({ url, migrations: [], world });
    const beside = await openStore({ url, migrations: [], world, lock: false });
    await beside.close();
    await owner.close();
  });
});

it("says how a database is given when the URL is something else", async () => {
  await expect(openStore({ url: "mysql://x", migrations: [], world })).rejects.toThrow("sqlite:PATH");
});
