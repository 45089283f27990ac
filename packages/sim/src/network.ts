/**
 * The network of a simulation: services listen under an origin, requests travel as events of the virtual clock, and
 * links between named services lose, delay, duplicate or refuse them by seeded dice. Failures look as they do with
 * Node's fetch: a TypeError "fetch failed" whose cause has the code. Bodies are read whole before they travel, so
 * answers that never end (server-sent events) do not work here.
 */
import type { AcceptLike, Channel, ConnectLike, FetchLike, ListenLike, Random } from "@racklet/world";
import { connection } from "./channels.ts";
import type { VirtualClock } from "./clock.ts";
import { decideFate, type Fate, type LinkFaults } from "./faults.ts";
import { readRequest, readResponse, type Message } from "./message.ts";
import { seededRandom, type Seed } from "./random.ts";
import { Trace, type TraceEntry } from "./trace.ts";

export type Handler = (request: Request) => Response | Promise<Response>;

export interface NetworkOptions {
  readonly clock: VirtualClock;
  readonly seed: Seed;
  /** For links that have no faults of their own. */
  readonly faults?: LinkFaults;
}

interface Listener {
  readonly name: string;
  readonly handler: Handler;
  readonly accept: AcceptLike | undefined;
  up: boolean;
  /** Grows each time it goes down: what was under way then is lost, as with a killed process. */
  downs: number;
  /** Of requests that are being served, and of WebSockets: breaks their connections. */
  readonly cuts: Set<() => void>;
}

interface Exchange {
  readonly id: number;
  readonly from: string;
  readonly listener: Listener;
  readonly message: Message;
  readonly fate: Fate;
  readonly resolve: (response: Response) => void;
  readonly reject: (reason: unknown) => void;
}

export class SimNetwork {
  readonly clock: VirtualClock;
  readonly trace = new Trace();
  readonly #seed: Seed;
  readonly #defaults: LinkFaults;
  readonly #listeners = new Map<string, Listener>();
  readonly #faults = new Map<string, LinkFaults>();
  readonly #dice = new Map<string, Random>();
  /** By the service that opened them: breaks its WebSockets. */
  readonly #opened = new Map<string, Set<() => void>>();
  #sides: ReadonlyMap<string, number> | undefined;
  #requests = 0;

  constructor(options: NetworkOptions) {
    this.clock = options.clock;
    this.#seed = options.seed;
    this.#defaults = options.faults ?? {};
  }

  /** Serves `origin` (`http://host:port` or `host:port`) as the service `name`; the answer stops it. Fails when it is taken. */
  listen(name: string, origin: string, handler: Handler, accept?: AcceptLike): () => void {
    const host = hostOf(origin);
    const existing = this.#listeners.get(host);
    if (existing !== undefined) throw new Error(`listen EADDRINUSE: ${host} is taken by ${existing.name}`);
    const listener: Listener = { name, handler, accept, up: true, downs: 0, cuts: new Set() };
    this.#listeners.set(host, listener);
    return () => {
      takeDown(listener);
      if (this.#listeners.get(host) === listener) this.#listeners.delete(host);
    };
  }

  /** All listeners of `name` refuse connections from now on; answers under way are lost. */
  down(name: string): void {
    for (const listener of this.#named(name)) takeDown(listener);
    for (const cut of this.#opened.get(name) ?? []) cut();
  }

  up(name: string): void {
    for (const listener of this.#named(name)) listener.up = true;
  }

  /** Faults of requests from `from` to `to` (names of services, `*` for any); the more exact link wins. They replace what was set. */
  setFaults(from: string, to: string, faults: LinkFaults): void {
    this.#faults.set(link(from, to), faults);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Cuts the network: only services of the same group reach each other; those in no group reach everyone. */
  partition(...groups: readonly (readonly string[])[]): void {
    this.#sides = new Map(groups.flatMap((names, side) => names.map((name) => [name, side] as const)));
  }

  heal(): void {
    this.#sides = undefined;
  }

  /** How the service `name` listens. */
  listenFor(name: string): ListenLike {
    return ({ host, port: wanted }, handler, accept) => {
      const port = wanted === 0 ? this.#freePort(host) : wanted;
      return { port, close: this.listen(name, originOf(host, port), handler, accept) };
    };
  }

  /** How the service `name` opens WebSockets. A link's faults meet the handshake; afterwards frames are only late. */
  connectFrom(name: string): ConnectLike {
    return (url, headers) => this.#connect(name, new Request(url, { headers: { ...HANDSHAKE, ...headers } }));
  }

  /** The fetch of the service `name`. */
  fetchFrom(name: string): FetchLike {
    return (request) => this.#send(name, request);
  }

  async #send(from: string, request: Request): Promise<Response> {
    request.signal.throwIfAborted();
    this.#requests += 1;
    const id = this.#requests;
    const host = hostOf(request.url);
    const to = this.#listeners.get(host)?.name ?? host;
    // Drawn before anything is awaited: the order of the calls decides, not how long a body takes to read.
    const fate = decideFate(this.#diceOf(from, to), this.#faultsOf(from, to));
    const message = await readRequest(request);
    this.#note(id, "send", from, to, message.what);
    return new Promise((resolve, reject) => {
      let settled = false;
      const settle =
        <T>(finish: (value: T) => void) =>
        (value: T): void => {
          if (settled) return;
          settled = true;
          request.signal.removeEventListener("abort", onAbort);
          finish(value);
        };
      const onAbort = (): void => {
        if (!settled) this.#note(id, "aborted", from, to, message.what);
        settle(reject)(request.signal.reason);
      };
      if (request.signal.aborted) return onAbort();
      request.signal.addEventListener("abort", onAbort, { once: true });
      const answer = { resolve: settle(resolve), reject: settle(reject) };
      this.clock.schedule(fate.requestDelayMs, `${from} -> ${to}: request ${message.what}`, () => {
        // Looked up on arrival: the service may have been replaced meanwhile.
        const listener = this.#listeners.get(host);
        if (listener === undefined) this.#refuse(id, from, to, message.what, answer.reject);
        else this.#arrive({ id, from, listener, message, fate, ...answer });
      });
    });
  }

  async #connect(from: string, request: Request): Promise<Channel> {
    this.#requests += 1;
    const id = this.#requests;
    const host = hostOf(request.url);
    const to = this.#listeners.get(host)?.name ?? host;
    const fate = decideFate(this.#diceOf(from, to), this.#faultsOf(from, to));
    const { what } = await readRequest(request);
    this.#note(id, "send", from, to, what);
    return new Promise((resolve, reject) => {
      this.clock.schedule(fate.requestDelayMs, `${from} -> ${to}: handshake ${what}`, () => {
        const listener = this.#listeners.get(host);
        if (listener === undefined || fate.refused || !listener.up) return this.#refuse(id, from, to, what, reject);
        if (fate.requestLost || fate.responseLost || this.#isCut(from, to)) {
          this.#note(id, "request lost", from, to, what);
          if (fate.resets) reject(networkError("ECONNRESET", "read ECONNRESET"));
          return;
        }
        this.#note(id, "deliver", from, to, what);
        this.#accept(from, listener, request, fate).then(resolve, reject);
      });
    });
  }

  async #accept(from: string, listener: Listener, request: Request, fate: Fate): Promise<Channel> {
    const to = listener.name;
    const serve = await (listener.accept ?? listener.handler)(request);
    if (serve instanceof Response) throw new Error(`refused with ${serve.status}: ${await serve.text()}`);
    const opened = this.#opened.get(from) ?? new Set();
    this.#opened.set(from, opened);
    const dice = this.#diceOf(from, to);
    const { client, server, cut } = connection({
      clock: this.clock,
      label: `${from} <-> ${to}`,
      delayMs: () => decideFate(dice, this.#faultsOf(from, to)).requestDelayMs,
      isCut: () => this.#isCut(from, to),
      onClosed: () => {
        opened.delete(cut);
        listener.cuts.delete(cut);
      },
    });
    opened.add(cut);
    listener.cuts.add(cut);
    serve(server);
    return new Promise((resolve) => {
      this.clock.schedule(fate.responseDelayMs, `${to} -> ${from}: agrees to a WebSocket`, () => resolve(client));
    });
  }

  #arrive(exchange: Exchange): void {
    const { id, from, listener, message, fate } = exchange;
    const to = listener.name;
    if (fate.requestLost || this.#isCut(from, to)) {
      this.#note(id, "request lost", from, to, message.what);
      if (fate.resets) exchange.reject(networkError("ECONNRESET", "read ECONNRESET"));
      return;
    }
    if (fate.refused || !listener.up) return this.#refuse(id, from, to, message.what, exchange.reject);
    this.#note(id, "deliver", from, to, message.what);
    void this.#serve(exchange, true);
    if (!fate.duplicated) return;
    this.clock.schedule(fate.duplicateDelayMs, `${from} -> ${to}: duplicate of ${message.what}`, () => {
      if (!listener.up || this.#isCut(from, to)) return;
      this.#note(id, "deliver again", from, to, message.what);
      void this.#serve(exchange, false);
    });
  }

  /** Never rejects: what the handler throws breaks the connection, as a crashing server would. */
  async #serve(exchange: Exchange, isFirst: boolean): Promise<void> {
    const { id, from, listener, message, fate } = exchange;
    const downsBefore = listener.downs;
    let response: Response;
    const cut = (): void => {
      this.#note(id, "reset", from, listener.name, message.what);
      this.clock.schedule(0, `${listener.name} -> ${from}: reset of ${message.what}`, () =>
        exchange.reject(networkError("ECONNRESET", "read ECONNRESET")),
      );
    };
    if (isFirst) listener.cuts.add(cut);
    try {
      response = await readResponse(await listener.handler(message.toRequest()));
    } catch (error) {
      this.#note(id, "handler failed", from, listener.name, `${message.what}: ${String(error)}`);
      if (isFirst) exchange.reject(networkError("ECONNRESET", "read ECONNRESET", error));
      return;
    } finally {
      listener.cuts.delete(cut);
    }
    if (!isFirst) return;
    if (listener.downs !== downsBefore) return;
    this.clock.schedule(fate.responseDelayMs, `${listener.name} -> ${from}: answer to ${message.what}`, () => {
      if (listener.downs !== downsBefore) {
        this.#note(id, "reset", from, listener.name, message.what);
        exchange.reject(networkError("ECONNRESET", "read ECONNRESET"));
      } else if (fate.responseLost || this.#isCut(from, listener.name)) {
        this.#note(id, "response lost", from, listener.name, message.what);
        if (fate.resets) exchange.reject(networkError("ECONNRESET", "read ECONNRESET"));
      } else {
        this.#note(id, "answer", from, listener.name, message.what, response.status);
        exchange.resolve(response);
      }
    });
  }

  #refuse(id: number, from: string, to: string, what: string, reject: (reason: unknown) => void): void {
    this.#note(id, "refused", from, to, what);
    reject(networkError("ECONNREFUSED", `connect ECONNREFUSED ${to}`));
  }

  #note(request: number, event: TraceEntry["event"], from: string, to: string, what: string, status?: number): void {
    const entry = { atMs: this.clock.monotonicMs(), request, event, from, to, what };
    this.trace.add(status === undefined ? entry : { ...entry, status });
  }

  #freePort(host: string): number {
    for (let port = FIRST_FREE_PORT; port <= 65_535; port += 1) {
      if (!this.#listeners.has(hostOf(originOf(host, port)))) return port;
    }
    throw new Error(`listen EADDRINUSE: every port of ${host} is taken`);
  }

  #named(name: string): Listener[] {
    const found = [...this.#listeners.values()].filter((listener) => listener.name === name);
    if (found.length === 0) throw new Error(`no service named "${name}" listens`);
    return found;
  }

  #faultsOf(from: string, to: string): LinkFaults {
    const keys = [link(from, to), link("*", to), link(from, "*"), link("*", "*")];
    return keys.map((key) => this.#faults.get(key)).find((faults) => faults !== undefined) ?? this.#defaults;
  }

  #diceOf(from: string, to: string): Random {
    const key = link(from, to);
    const dice = this.#dice.get(key) ?? seededRandom(this.#seed, `link ${key}`);
    this.#dice.set(key, dice);
    return dice;
  }

  #isCut(from: string, to: string): boolean {
    const here = this.#sides?.get(from);
    const there = this.#sides?.get(to);
    return here !== undefined && there !== undefined && here !== there;
  }
}

function takeDown(listener: Listener): void {
  listener.up = false;
  listener.downs += 1;
  for (const cut of listener.cuts) cut();
  listener.cuts.clear();
}

const HANDSHAKE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "c2ltdWxhdGVkIHNvY2tldA==",
};

/** Where the search for a port begins when any will do. */
const FIRST_FREE_PORT = 32_768;

function originOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function link(from: string, to: string): string {
  return `${from} -> ${to}`;
}

function hostOf(origin: string): string {
  const url = new URL(origin.includes("://") ? origin : `http://${origin}`);
  return url.port === "" ? `${url.hostname}:${url.protocol === "https:" ? 443 : 80}` : url.host;
}

function networkError(code: string, message: string, underlying?: unknown): TypeError {
  const cause = Object.assign(new Error(message, { cause: underlying }), { code });
  return new TypeError("fetch failed", { cause });
}
