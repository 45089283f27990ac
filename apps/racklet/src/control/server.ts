/** The end of the control socket that a running rack holds. */
import { createServer, type Server, type Socket } from "node:net";
import { Failure, errorText } from "../failure.ts";
import { splitLines } from "../supervisor/lines.ts";
import { MAX_REQUEST_BYTES, parseRequest, type ControlAnswers, type ControlRequest } from "./protocol.ts";
import { makeControlPath } from "./socket-path.ts";

/** Throws Failure for what the user should read. */
export type ControlHandler = (request: ControlRequest) => Promise<ControlAnswers[ControlRequest["op"]]>;

export interface ControlServer {
  readonly path: string;
  /** Refuses further requests and deletes the socket. */
  close(): void;
}

const MAX_CONNECTIONS = 64;

export async function serveControl(
  dir: string,
  handler: ControlHandler,
  onBug: (error: unknown) => void,
): Promise<ControlServer> {
  const { path, remove } = makeControlPath(dir);
  const server = createServer((socket) => answerOne(socket, handler, onBug));
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, path);
  return {
    path,
    close: () => {
      server.close();
      remove();
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new Failure(`cannot listen on ${path}: ${error.message}`)));
    server.listen(path, resolve);
  });
}

function answerOne(socket: Socket, handler: ControlHandler, onBug: (error: unknown) => void): void {
  let isAnswered = false;
  const send = (answer: object): void => void socket.end(`${JSON.stringify(answer)}\n`);
  const feed = splitLines((line) => {
    if (isAnswered) return;
    isAnswered = true;
    const request = parseRequest(line);
    if (request === undefined)
      return send({ error: "not a request that this racklet knows: is it of another version?" });
    handler(request).then(
      (ok) => send({ ok }),
      (error: unknown) => {
        if (!(error instanceof Failure)) onBug(error);
        send({ error: errorText(error) });
      },
    );
  });
  let bytes = 0;
  socket.on("data", (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    if (bytes > MAX_REQUEST_BYTES) socket.destroy();
    else feed(chunk);
  });
  // The other end may go away at any time: nobody is left to tell.
  socket.on("error", () => socket.destroy());
}
