/** The end of the control socket that a command holds. */
import { connect } from "node:net";
import { resolve } from "node:path";
import type { World } from "@racklet/world";
import { Failure } from "../failure.ts";
import { splitLines } from "../supervisor/lines.ts";
import { displayPath } from "../text/path.ts";
import { MAX_ANSWER_BYTES, type ControlAnswers, type ControlRequest } from "./protocol.ts";
import { findControlPath } from "./socket-path.ts";

const DEADLINE_MS = 10_000;

/** Throws Failure: no rack runs there, it refused, or it does not answer. */
export async function askRack<R extends ControlRequest>(
  dir: string,
  request: R,
  { timers }: Pick<World, "timers">,
): Promise<ControlAnswers[R["op"]]> {
  const path = findControlPath(resolve(dir));
  if (path === undefined) throw notRunning(dir);
  const answer = await new Promise<{ ok?: unknown; error?: unknown }>((settle, reject) => {
    const socket = connect(path, () => socket.write(`${JSON.stringify(request)}\n`));
    const fail = (error: Failure) => {
      reject(error);
      socket.destroy();
    };
    const cancelDeadline = timers.after(DEADLINE_MS, () =>
      fail(new Failure(`the rack in ${displayPath(dir)} does not answer`)),
    );
    const feed = splitLines((line) => {
      try {
        settle(JSON.parse(line) as { ok?: unknown; error?: unknown });
      } catch {
        fail(new Failure(`the rack in ${displayPath(dir)} gave an answer that makes no sense`));
      }
    });
    let bytes = 0;
    socket.on("data", (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      if (bytes > MAX_ANSWER_BYTES)
        fail(new Failure(`the rack in ${displayPath(dir)} gave an answer over ${MAX_ANSWER_BYTES} bytes`));
      else feed(chunk);
    });
    socket.once("error", () => fail(notRunning(dir)));
    socket.once("close", () => {
      cancelDeadline();
      feed();
      reject(new Failure(`the rack in ${displayPath(dir)} went away without an answer`));
    });
  });
  if (typeof answer.error === "string") throw new Failure(answer.error);
  // Both ends are of one program, and the server was told what is asked.
  return answer.ok as ControlAnswers[R["op"]];
}

function notRunning(dir: string): Failure {
  return new Failure(
    `no rack is running in ${displayPath(dir)}: start one with npm start, or name its directory with --data`,
  );
}
