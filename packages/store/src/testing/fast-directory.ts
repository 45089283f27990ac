/** Where the databases of tests lie: in memory where the system has such files, since what is tested is not how fast a disk is. */
import { accessSync, constants, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

const IN_MEMORY = "/dev/shm";
/** Of a container it may be a few megabytes only. */
const ENOUGH_BYTES = 2 ** 30;

/** A directory that exists, to make own ones in. */
export function fastDirectory(): string {
  try {
    accessSync(IN_MEMORY, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ENOUGH_BYTES ? IN_MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}
