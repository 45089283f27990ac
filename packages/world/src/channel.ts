/** Connections that carry frames both ways, as WebSockets do: text or bytes, in order, each whole. */
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

/** What a server does with a connection that it has agreed to. */
export type ServeChannel = (channel: Channel) => void;

/** Agrees to a request for a WebSocket, or answers it otherwise. */
export type AcceptLike = (request: Request) => Promise<ServeChannel | Response>;

/** Opens one to an `http://` URL. Rejects when nobody answers there, and with the answer's text when it is a refusal. */
export type ConnectLike = (url: string, headers: Readonly<Record<string, string>>) => Promise<Channel>;
