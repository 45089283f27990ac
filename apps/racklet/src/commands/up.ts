/** `racklet up`: starts a rack, says when it is ready, and keeps it running until it is told to stop. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { UpOptions } from "../cli/commands.ts";
import type { Io } from "../cli/io.ts";
import { clearDataDir, lockDataDir, unlockDataDir } from "../rack/data-dir.ts";
import { endLeftoverVms } from "../rack/leftover-vms.ts";
import { runRack } from "../rack/run.ts";

/** Resolves with the exit code once everything has ended. Throws Failure. */
export async function up(options: UpOptions, io: Io): Promise<number> {
  const dir = options.ephemeral ? mkdtempSync(join(tmpdir(), "racklet-")) : resolve(options.data);
  try {
    await lockDataDir(dir, io.pid);
    try {
      // Of a rack that was killed.
      if (options.fresh) {
        await endLeftoverVms(dir, io.world);
        clearDataDir(dir);
      }
      return await runRack(options, dir, io);
    } finally {
      unlockDataDir(dir);
    }
  } finally {
    if (options.ephemeral) rmSync(dir, { recursive: true, force: true });
  }
}
