/** The first serial port of a VM: keeps what the guest writes, hands it to whoever is connected, and passes on what they type. */
import { PropolisError, reasonOf } from "../errors.ts";
import type { Channel } from "@racklet/world";
import { SerialHistory, type SerialOffset } from "./history.ts";

export const MAX_CLIENTS = 32;
/** A client that is this far behind is cut off. */
const MAX_BEHIND_BYTES = 1024 * 1024;

/** What the port takes of one frame of input; the rest is lost, as on a line without flow control. */
const MAX_INPUT_BYTES = 4096;

/** WebSocket's codes for the end of a connection. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

export class SerialConsole {
  readonly history = new SerialHistory();
  readonly #clients = new Set<Channel>();
  /** What the guest is told of input; replaced when the guest is. */
  onInput: (bytes: Uint8Array) => void = () => {};

  /** The guest's output. */
  write(text: string): void {
    const bytes = Buffer.from(text);
    this.history.append(bytes);
    for (const client of this.#clients) this.#send(client, bytes);
  }

  /** Throws `tooMany`. */
  checkRoom(): void {
    if (this.#clients.size >= MAX_CLIENTS) {
      throw new PropolisError("tooMany", `${MAX_CLIENTS} clients are connected to the serial console already`);
    }
  }

  /** With an offset that is still kept, what was written since comes first. */
  attach(client: Channel, offset: SerialOffset | undefined): void {
    const past = offset === undefined ? undefined : this.#pastOf(offset);
    if (past !== undefined) this.#send(client, past);
    this.#clients.add(client);
    client.listen({
      frame: (frame) => {
        if (typeof frame !== "string") this.onInput(frame.subarray(0, MAX_INPUT_BYTES));
      },
      closed: () => void this.#clients.delete(client),
    });
  }

  /** Tells clients where the console goes on, and lets them go. */
  migrate(destination: string): void {
    const notice = JSON.stringify({ Migrating: { destination, from_start: this.history.total } });
    for (const client of this.#clients) client.send(notice);
    this.close("VM migrated");
  }

  close(reason: string): void {
    for (const client of this.#clients) client.close(GOING_AWAY, reason);
    this.#clients.clear();
  }

  #pastOf(offset: SerialOffset): Uint8Array | undefined {
    try {
      return this.history.read(offset, Number.MAX_SAFE_INTEGER).data;
    } catch (error) {
      if (error instanceof PropolisError && error.kind === "invalid") return undefined;
      throw new Error(`cannot read the history: ${reasonOf(error)}`, { cause: error });
    }
  }

  #send(client: Channel, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    client.send(bytes);
    if (client.bufferedBytes <= MAX_BEHIND_BYTES + bytes.length) return;
    this.#clients.delete(client);
    client.close(TRY_AGAIN_LATER, "the client does not read fast enough");
  }
}
