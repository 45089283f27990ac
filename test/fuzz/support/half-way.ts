/** A real socket on which a request begins and its connection ends before the request does. */
import { connect, type Socket } from "node:net";
import { listen } from "@racklet/api-kit";
import { realWorld } from "@racklet/world";
import type { FuzzRequest } from "./request.ts";
import type { Target } from "./target.ts";

const DEADLINE_MS = 5_000;

export interface HalfWay {
  readonly what: string;
  /** What is sent of the request before the connection ends. */
  bytes(head: readonly string[], body: string): string;
  /** The operation had begun, so the service counts it as refused. */
  readonly isCounted: boolean;
}

const chunked = "transfer-encoding: chunked";
const length = (body: string): string => `content-length: ${Buffer.byteLength(body)}`;
const lines = (...all: readonly string[]): string => all.join("\r\n");

export const HALF_WAYS: readonly HalfWay[] = [
  {
    what: "in its headers",
    bytes: (head, body) => lines(...head, length(body).slice(0, -1)),
    isCounted: false,
  },
  {
    what: "before its body",
    bytes: (head, body) => lines(...head, length(body), "", ""),
    isCounted: true,
  },
  {
    what: "in the middle of its body",
    bytes: (head, body) => lines(...head, length(body), "", body.slice(0, body.length / 2)),
    isCounted: true,
  },
  {
    what: "before the last byte of its body",
    bytes: (head, body) => lines(...head, length(body), "", body.slice(0, -1)),
    isCounted: true,
  },
  {
    what: "before the last chunk of a whole body",
    bytes: (head, body) => lines(...head, chunked, "", Buffer.byteLength(body).toString(16), body, ""),
    isCounted: true,
  },
];

/** Serves the target on a socket while `use` runs. */
export async function onSocket<T>(target: Target, use: (port: number) => Promise<T>): Promise<T> {
  const listener = await listen(target.app, { host: "127.0.0.1", port: 0 }, realWorld({ name: "fuzz" }));
  try {
    return await use(listener.port);
  } finally {
    await listener.close(0);
  }
}

/** Sends the beginning and cuts the connection. Resolves once the service has noticed. */
export async function cutOff(target: Target, port: number, request: FuzzRequest, way: HalfWay): Promise<void> {
  const before = await refusals(target);
  const head = [
    `${request.method} ${request.url} HTTP/1.1`,
    "host: fuzz.test",
    ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
  ];
  const socket = await open(port);
  await new Promise<void>((resolve) => socket.write(way.bytes(head, String(request.body)), () => resolve()));
  // A half-closed connection, not a reset one: all that was sent arrives.
  await new Promise<void>((resolve) => socket.end(resolve));
  socket.destroy();
  if (!way.isCounted) return;
  const deadline = performance.now() + DEADLINE_MS;
  while ((await refusals(target)) === before) {
    if (performance.now() > deadline)
      throw new Error(`not noticed within ${DEADLINE_MS} ms: a request cut off ${way.what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether the service still answers. */
export async function isAlive(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/debug/health`);
  return response.ok;
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.on("error", reject);
  });
}

/** How many requests the service has counted as bad, in its own metrics. */
async function refusals(target: Target): Promise<number> {
  const text = await (await target.app.request("/metrics")).text();
  const counts = [...text.matchAll(/^http_requests_total\{[^}]*status="400"[^}]*\} (\d+)$/gm)];
  return counts.reduce((sum, match) => sum + Number(match[1]), 0);
}
