import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serveControl } from "../src/control/server.ts";
import { clearDataDir, lockDataDir, openIdentity, unlockDataDir, writeIdentity } from "../src/rack/data-dir.ts";

let dir: string;
let next: number;
const newId = () => `id-${next++}`;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "racklet-test-"));
  next = 1;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("the directory of a rack", () => {
  test("is for one launcher at a time", async () => {
    await lockDataDir(dir, process.pid);
    const second = () => lockDataDir(dir, process.pid);
    await expect(second()).rejects.toThrow(
      `${dir} is in use by the rack of process ${process.pid}: stop that one (racklet down --data ${dir}), or choose another directory with --data`,
    );
    unlockDataDir(dir);
    await second();
  });

  test("is free again when its launcher is dead", async () => {
    // Above any process number that Linux gives out.
    writeFileSync(join(dir, "racklet.pid"), "99999999\n");
    await lockDataDir(dir, process.pid);
  });

  test("is free when its launcher's number went to another program, which does not answer", async () => {
    writeFileSync(join(dir, "racklet.pid"), `${process.ppid}\n`);
    const { path, close } = await serveControl(
      dir,
      async () => ({ token: "" }),
      () => {},
    );
    await expect(lockDataDir(dir, process.pid)).rejects.toThrow(/is in use/);
    close();
    // What a killed launcher leaves behind.
    writeFileSync(path, "");
    await lockDataDir(dir, process.pid);
  });

  test("keeps its ids over restarts, and gets more for more sleds", () => {
    const first = { rackId: "id-1", sledIds: ["id-2", "id-3"], database: "sqlite", poolsCreated: false } as const;
    expect(openIdentity(dir, 2, "sqlite", newId)).toEqual(first);
    const grown = { ...first, sledIds: ["id-2", "id-3", "id-4"] };
    expect(openIdentity(dir, 3, "sqlite", newId)).toEqual(grown);
    expect(openIdentity(dir, 1, "sqlite", newId)).toEqual(grown);
    writeIdentity(dir, { ...grown, poolsCreated: true });
    expect(openIdentity(dir, 3, "sqlite", newId).poolsCreated).toBe(true);
  });

  test.each([
    ['{"format":2}', /was written by a newer racklet \(format 2, this one knows 1\): update racklet/],
    ["{", /racklet\.json is damaged .*: repair it, or begin again with --fresh/],
    ['{"format":1,"rack_id":"x"}', /is damaged \(rack_id or sled_ids are missing\)/],
  ])("with %s in racklet.json is refused", (text, message) => {
    writeFileSync(join(dir, "racklet.json"), text);
    expect(() => openIdentity(dir, 4, "sqlite", newId)).toThrow(message);
  });

  test("whose rack has its data in another kind of database is refused, and not cleared when that is PostgreSQL", () => {
    writeFileSync(join(dir, "racklet.json"), '{"format":1,"rack_id":"of before the choice","sled_ids":[]}');
    expect(() => openIdentity(dir, 1, "postgres", newId)).toThrow(
      `the rack in ${dir} has its data in SQLite: leave out --database, or choose another directory with --data`,
    );
    clearDataDir(dir);
    const identity = openIdentity(dir, 1, "postgres", newId);
    expect(openIdentity(dir, 1, "postgres", newId)).toEqual(identity);
    expect(() => openIdentity(dir, 1, "sqlite", newId)).toThrow(/has its data in PostgreSQL: name it with --database/);
    expect(() => clearDataDir(dir)).toThrow(/has its data in PostgreSQL, which --fresh does not empty/);
    expect(openIdentity(dir, 1, "postgres", newId)).toEqual(identity);
  });

  test("loses only what is a rack's when it is cleared", () => {
    openIdentity(dir, 1, "sqlite", newId);
    for (const name of ["nexus.db", "nexus.db-wal", "token", "notes.txt", "nexus.db.mine"])
      writeFileSync(join(dir, name), "");
    clearDataDir(dir);
    expect(readdirSync(dir)).toEqual(["notes.txt"]);
  });

  test("is not cleared when it is not a rack's", () => {
    writeFileSync(join(dir, "token"), "mine");
    expect(() => clearDataDir(dir)).toThrow(/has files but no racklet\.json, so it is no rack's/);
    expect(existsSync(join(dir, "token"))).toBe(true);
  });
});
