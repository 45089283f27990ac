/** Binds an app to a socket. */
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createAdaptorServer } from "@hono/node-server";
import type { AcceptLike, ListenLike, World } from "@racklet/world";
import type { Hono } from "hono";
import { UsageError } from "./flags.ts";

export interface ListenAddress {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
}

export interface Listener {
  /** For example `http://127.0.0.1:12224` or `http://[::1]:12345`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Stops accepting, lets running requests finish within `graceMs`, then cuts the connections. */
  close(graceMs?: number): Promise<void>;
}

export class AddressInUseError extends Error {
  override readonly name = "AddressInUseError";
  readonly address: ListenAddress;
  constructor(address: ListenAddress, cause: unknown) {
    super(
      `${formatHostPort(address.host, address.port)} is already in use: stop the other program or choose another port (0 picks a free one)`,
      { cause },
    );
    this.address = address;
  }
}

/** `HOST:PORT` or `[IPV6]:PORT`. Throws with the expected form. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new Error(`not a listen address: ${text} (expected HOST:PORT or [IPV6]:PORT)`);
  return { host: match[1] ?? match[2] ?? "", port };
}

/** The value of a flag, `otherwise` where it was not given. Throws UsageError. */
export function listenFlag(name: string, text: string | undefined, otherwise: ListenAddress): ListenAddress {
  if (text === undefined) return otherwise;
  try {
    return parseListenAddress(text);
  } catch (error) {
    throw new UsageError(`--${name} ${text}: ${(error as Error).message}`);
  }
}

export function formatHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

const LOOPBACK = /^(127(\.\d+){3}|::1|localhost)$/;

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Connections that become something else than HTTP, such as WebSockets. */
export interface UpgradeOptions {
  /** Whether the request is to be served as one; others are answered as if they had not asked. */
  readonly accepts: (incoming: IncomingMessage) => boolean;
  /** Owns the connection from here on. */
  readonly serve: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => unknown;
  /** The same where the network is simulated. */
  readonly accept: AcceptLike;
}

export async function listen(
  app: Pick<Hono, "fetch">,
  address: ListenAddress,
  world: Pick<World, "timers" | "listen">,
  upgrades?: UpgradeOptions,
): Promise<Listener> {
  if (world.listen !== undefined) return listenWithoutSocket(app, address, world.listen, upgrades?.accept);
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      keepAliveTimeout: 65_000,
      ...(upgrades === undefined ? {} : { shouldUpgradeCallback: upgrades.accepts }),
    },
  });
  if (upgrades !== undefined) server.on("upgrade", upgrades.serve);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new AddressInUseError(address, error) : error);
    });
    server.listen(address.port, address.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: address.host,
    port,
    url: `http://${formatHostPort(address.host, port)}`,
    close: (graceMs = 2_000) => closeServer(server, world.timers, graceMs),
  };
}

function listenWithoutSocket(
  app: Pick<Hono, "fetch">,
  { host, port: wanted }: ListenAddress,
  listenTo: ListenLike,
  accept: AcceptLike | undefined,
): Listener {
  const { port, close } = listenTo({ host, port: wanted }, (request) => app.fetch(request), accept);
  return { host, port, url: `http://${formatHostPort(host, port)}`, close: async () => close() };
}

type Server = ReturnType<typeof createAdaptorServer>;

function closeServer(server: Server, timers: World["timers"], graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cancelCut = timers.after(graceMs, () => {
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
    server.close(() => {
      cancelCut();
      resolve();
    });
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
}
