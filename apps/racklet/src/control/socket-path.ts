/** Where a rack is controlled: a socket in its directory, or a link to one where the path would be too long for a socket. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const SOCKET = "control.sock";
const LINK = "control.path";
/** macOS allows 103 bytes, Linux 107. */
const MAX_BYTES = 103;

export interface ControlPath {
  readonly path: string;
  /** Deletes the socket and the link to it. */
  remove(): void;
}

/** A path to listen on; leftovers of a rack that did not end cleanly are gone. Only for who has the directory. */
export function makeControlPath(dir: string): ControlPath {
  const path = join(dir, SOCKET);
  const link = join(dir, LINK);
  rmSync(path, { force: true });
  rmSync(link, { force: true });
  if (Buffer.byteLength(path) <= MAX_BYTES) return { path, remove: () => rmSync(path, { force: true }) };
  // A directory that only this user may enter.
  const elsewhere = mkdtempSync(join(tmpdir(), "racklet-"));
  const far = join(elsewhere, SOCKET);
  writeFileSync(link, far);
  return {
    path: far,
    remove: () => {
      rmSync(dirname(far), { recursive: true, force: true });
      rmSync(link, { force: true });
    },
  };
}

/** Undefined: no rack was ever started there, or it ended cleanly. */
export function findControlPath(dir: string): string | undefined {
  const link = join(dir, LINK);
  const path = existsSync(link) ? readFileSync(link, "utf8").trim() : join(dir, SOCKET);
  return existsSync(path) ? path : undefined;
}

/** `no`: a socket is there and nobody listens. `unknown`: there is no socket. */
export async function isAnswering(dir: string): Promise<"yes" | "no" | "unknown"> {
  const path = findControlPath(dir);
  if (path === undefined) return "unknown";
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve("yes");
    });
    socket.once("error", () => resolve("no"));
  });
}
