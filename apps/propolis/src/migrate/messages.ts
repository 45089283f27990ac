/**
 * What two propolis servers say to each other while a VM migrates, after they agreed on this protocol. Text frames are
 * messages in JSON; binary frames carry pages of memory and pieces of the serial console's history.
 */
import type { InstanceSpec, MigrationState } from "@racklet/api-types/propolis/latest";
import type { DeviceStates } from "../machine/machine.ts";
import type { Frame } from "@racklet/world";

/** Offered by the target and repeated by the source, as text frames. */
export const PROTOCOL = "propolis-migrate-json/0";

const BLOBS = ["page", "beginning", "rolling"] as const;

type BlobOf<T> = {
  readonly type: T;
  /** Of the page; of a piece of history, where it stands in it. */
  readonly number: number;
  readonly bytes: Uint8Array;
};
type Blob = { [K in (typeof BLOBS)[number]]: BlobOf<K> }[(typeof BLOBS)[number]];

export type Message =
  /** The source's, in answer to the agreed protocol. */
  | { readonly type: "preamble"; readonly spec: InstanceSpec }
  /** The target has made the VM; `destination` is where it serves. */
  | { readonly type: "accepted"; readonly destination: string }
  /** The source begins a phase. */
  | { readonly type: "phase"; readonly phase: MigrationState }
  /** The source has sent what the phase is about. */
  | { readonly type: "done" }
  /** The target has taken it in. */
  | { readonly type: "okay" }
  | { readonly type: "devices"; readonly devices: DeviceStates }
  /** Every page and the hash of its bytes. */
  | { readonly type: "manifest"; readonly pages: readonly (readonly [page: number, sha256: string])[] }
  | { readonly type: "fetch"; readonly pages: readonly number[] }
  | { readonly type: "history"; readonly total: number }
  /** The source has let go for good: the VM is the target's. */
  | { readonly type: "commit" }
  | { readonly type: "error"; readonly reason: string }
  | Blob;

export type MessageType = Message["type"];
export type MessageOf<T extends MessageType> = Extract<Message, { readonly type: T }>;

const HEADER_BYTES = 5;

export function encode(message: Message): Frame {
  if (!isBlob(message)) return JSON.stringify(message);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(BLOBS.indexOf(message.type), 0);
  header.writeUInt32LE(message.number, 1);
  return Buffer.concat([header, message.bytes]);
}

/** Throws Error for a frame that is no message. What is in a message is the peer's word: it is one of our own kind. */
export function decode(frame: Frame): Message {
  if (typeof frame !== "string") return decodeBlob(Buffer.from(frame));
  const message: unknown = JSON.parse(frame);
  if (typeof message !== "object" || message === null || !("type" in message)) throw new Error("not a message");
  return message as Message;
}

function decodeBlob(bytes: Buffer): Blob {
  const type = bytes.length < HEADER_BYTES ? undefined : BLOBS[bytes.readUInt8(0)];
  if (type === undefined) throw new Error(`a frame of ${bytes.length} bytes with an unknown tag`);
  return { type, number: bytes.readUInt32LE(1), bytes: bytes.subarray(HEADER_BYTES) };
}

function isBlob(message: Message): message is Blob {
  return message.type === "page" || message.type === "beginning" || message.type === "rolling";
}
