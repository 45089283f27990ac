/** Requests for one VMM: one at a time, in order, and only so many waiting. */
import { SledAgentError } from "../errors.ts";

export const QUEUE_DEPTH = 32;

export class RequestQueue {
  /** Those that wait, and the one that runs. */
  #unfinished = 0;
  #tail: Promise<unknown> = Promise.resolve();

  /** Throws `queueFull` at once when as many requests as the queue holds wait behind the running one. */
  run<T>(work: () => Promise<T> | T): Promise<T> {
    if (this.#unfinished > QUEUE_DEPTH) {
      throw new SledAgentError("queueFull", `${QUEUE_DEPTH} requests for this VMM are waiting`);
    }
    this.#unfinished += 1;
    const result = this.#tail.then(work).finally(() => {
      this.#unfinished -= 1;
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
