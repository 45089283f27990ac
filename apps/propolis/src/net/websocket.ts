/** Channels over WebSockets, on both ends. */
import { WebSocket, WebSocketServer, type RawData } from "ws";
import type { Channel, ChannelEvents, Frame, World } from "@racklet/world";
import { reasonOf } from "../errors.ts";
import type { Dial } from "./dial.ts";

/** Longer frames end the connection. A specification may take a whole request body, and travels in one frame. */
const MAX_FRAME_BYTES = 2 * 1024 * 1024;

/** Answers the handshakes; which connections there are is its users' business. */
export const webSockets = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: MAX_FRAME_BYTES,
  perMessageDeflate: false,
});

export function channelOver(socket: WebSocket): Channel {
  const early: Frame[] = [];
  let closedEarly: string | undefined;
  let events: ChannelEvents = {
    frame: (frame) => void early.push(frame),
    closed: (reason) => (closedEarly = reason),
  };
  let failure = "";
  socket.on("message", (data: RawData, isBinary: boolean) => events.frame(isBinary ? bytesOf(data) : String(data)));
  // "close" follows.
  socket.on("error", (error) => (failure = error.message));
  socket.on("close", (code, reason) => events.closed(failure || reason.toString() || `closed with code ${code}`));
  return {
    send: (frame) => socket.send(frame, () => {}),
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    listen: (given) => {
      events = given;
      for (const frame of early.splice(0)) given.frame(frame);
      if (closedEarly !== undefined) given.closed(closedEarly);
    },
    close: (code, reason) => socket.close(code, reason.slice(0, MAX_REASON)),
  };
}

/** A close frame has room for 123 bytes. */
const MAX_REASON = 100;

/** What upstream's targets send, so that any source knows it. */
const HEADERS = { "api-version": "1.0.0" };

const pathOf = (migrationId: string): string => `/instance/migrate/${migrationId}/start`;

/** Over the network that the world has. */
export function dialIn({ connect, timers }: Pick<World, "connect" | "timers">): Dial {
  if (connect === undefined) return dialWebSocket;
  return (address, migrationId, deadlineMs) =>
    new Promise((resolve, reject) => {
      const fail = (why: string, cause?: unknown): void =>
        reject(new Error(`no link to ${address}: ${why}`, { cause }));
      const cancel = timers.after(deadlineMs, () => fail(`no answer within ${deadlineMs} ms`));
      connect(`http://${address}${pathOf(migrationId)}`, HEADERS).then(
        (channel) => {
          cancel();
          resolve(channel);
        },
        (error: unknown) => {
          cancel();
          fail(reasonOf(error), error);
        },
      );
    });
}

const dialWebSocket: Dial = (address, migrationId, deadlineMs) => {
  const socket = new WebSocket(`ws://${address}${pathOf(migrationId)}`, {
    headers: HEADERS,
    handshakeTimeout: deadlineMs,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  const channel = channelOver(socket);
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(channel));
    socket.once("error", (error) => reject(new Error(`no link to ${address}: ${error.message}`, { cause: error })));
  });
};

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
