/** One end of a migration's channel: messages in the order they were sent, each awaited with a deadline. */
import type { Timers } from "@racklet/world";
import { reasonOf } from "../errors.ts";
import type { Channel, Frame } from "@racklet/world";
import { decode, encode, type Message, type MessageOf, type MessageType } from "./messages.ts";

/** For the peer's next message. */
export const LINK_DEADLINE_MS = 10_000;
const MAX_UNREAD = 4096;
const NORMAL = 1000;

/** The channel ended before what was awaited came. */
export class LinkClosedError extends Error {
  override readonly name = "LinkClosedError";
}

export class Link {
  readonly #channel: Channel;
  readonly #timers: Timers;
  readonly #unread: Frame[] = [];
  #closed: string | undefined;
  #wake: (() => void) | undefined;

  constructor(channel: Channel, timers: Timers) {
    this.#channel = channel;
    this.#timers = timers;
    channel.listen({
      frame: (frame) => {
        if (this.#unread.push(frame) > MAX_UNREAD) this.#end(`more than ${MAX_UNREAD} frames wait`);
        this.#wake?.();
      },
      closed: (reason) => this.#end(reason),
    });
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  send(message: Message): void {
    this.sendText(encode(message));
  }

  /** A frame as it is. Throws LinkClosedError: nobody would see it. */
  sendText(frame: Frame): void {
    if (this.#closed !== undefined) throw new LinkClosedError(`the link is closed: ${this.#closed}`);
    this.#channel.send(frame);
  }

  /** The next frame. Throws LinkClosedError; Error after the deadline. */
  async receiveFrame(): Promise<Frame> {
    let isLate = false;
    const cancel = this.#timers.after(LINK_DEADLINE_MS, () => {
      isLate = true;
      this.#wake?.();
    });
    try {
      for (;;) {
        const frame = this.#unread.shift();
        if (frame !== undefined) return frame;
        if (this.#closed !== undefined) throw new LinkClosedError(`the link is closed: ${this.#closed}`);
        if (isLate) throw new Error(`the peer said nothing for ${LINK_DEADLINE_MS} ms`);
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      cancel();
    }
  }

  /** Throws what the peer says went wrong, and for what it should not say now. */
  async expect<const T extends MessageType>(...types: readonly T[]): Promise<MessageOf<T>> {
    const message = decode(await this.receiveFrame());
    if (message.type === "error") throw new Error(`the peer failed: ${message.reason}`);
    if (!(types as readonly MessageType[]).includes(message.type)) {
      throw new Error(`the peer sent ${message.type} where ${types.join(" or ")} was due`);
    }
    // Checked against the list just now.
    return message as MessageOf<T>;
  }

  /** Tells the peer why, if it still listens, and closes. */
  fail(error: unknown): void {
    if (this.isOpen) this.send({ type: "error", reason: reasonOf(error) });
    this.close();
  }

  close(): void {
    this.#channel.close(NORMAL, "");
    this.#end("by this end");
  }

  #end(reason: string): void {
    this.#closed ??= reason;
    this.#wake?.();
  }
}
