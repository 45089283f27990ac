/** Turns a connection into a WebSocket where the app says so, and otherwise sends the app's answer. */
import { STATUS_CODES, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { AcceptLike } from "@racklet/world";
import type { Hono } from "hono";
import { channelOver, webSockets } from "../net/websocket.ts";
import type { Upgrades } from "./upgrades.ts";

/** Whether the request is one for a WebSocket. Others may ask for an upgrade too, and are answered as if they had not. */
function isUpgrade({ method, headers, url }: IncomingMessage): boolean {
  const path = (url ?? "").split("?")[0] ?? "";
  return (
    method === "GET" &&
    headers.upgrade?.toLowerCase() === "websocket" &&
    /^\/+instance\/+(serial|migrate\/+[^/]+\/+start)\/*$/.test(path)
  );
}

export class UpgradeListener {
  readonly #app: Hono;
  readonly #upgrades: Upgrades;
  readonly #sockets = new Set<Duplex>();

  constructor(app: Hono, upgrades: Upgrades) {
    this.#app = app;
    this.#upgrades = upgrades;
  }

  readonly accepts = isUpgrade;

  readonly serve = async (incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // A client that goes away meanwhile is none of our errors.
    socket.on("error", () => socket.destroy());
    const request = new Request(new URL(incoming.url ?? "/", "http://propolis"));
    const response = await this.#app.fetch(request, { incoming });
    const serve = this.#upgrades.take(response.headers.get("x-request-id") ?? "");
    if (serve === undefined) return answer(socket, response);
    if (socket.destroyed) return;
    webSockets.handleUpgrade(incoming, socket, head, (webSocket) => serve(channelOver(webSocket)));
  };

  readonly accept: AcceptLike = async (request) => {
    const response = await this.#app.fetch(request);
    return this.#upgrades.take(response.headers.get("x-request-id") ?? "") ?? response;
  };

  /** Ends every connection without a word. The listener does not know of them any more. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function answer(socket: Duplex, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const headers = [...response.headers, ["content-length", String(body.length)], ["connection", "close"]];
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(
    Buffer.concat([Buffer.from(`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status]}\r\n${head}\r\n`), body]),
  );
}
