/** A two-way stream of frames, as a WebSocket has it: text or bytes. */
export type Frame = string | Uint8Array;

export interface ChannelEvents {
  frame(frame: Frame): void;
  /** Once: no frame follows. */
  closed(reason: string): void;
}

export interface Channel {
  /** Dropped when the channel is closed. */
  send(frame: Frame): void;
  /** Asked to be sent, and not yet handed to the network. */
  readonly bufferedBytes: number;
  /** Called once; what came before is kept until then. */
  listen(events: ChannelEvents): void;
  /** `code` is one of WebSocket's. May be called again. */
  close(code: number, reason: string): void;
}
