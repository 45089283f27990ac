/** Two propolis servers on one virtual clock, with a link between them that can be cut after any frame. */
import { responseValidators } from "@racklet/api-types/gen/propolis.response-validators.js";
import { simulation, type Simulation } from "@racklet/sim";
import { DEFAULT_CONFIG, createApp, createContext, type PropolisConfig, type PropolisContext } from "../src/index.ts";
import type { Channel, ChannelEvents, Frame } from "@racklet/world";
import { TIMING, askOf, type Ask } from "./rig.ts";

export interface Side {
  readonly ctx: PropolisContext;
  readonly ask: Ask;
  readonly address: string;
}

export interface Pair {
  readonly sim: Simulation;
  readonly source: Side;
  readonly target: Side;
  /** Frames that went over the link so far. */
  readonly frames: () => number;
  /** Each as `source phase`, `target okay` … */
  readonly log: readonly string[];
}

export interface PairOptions {
  readonly seed?: number;
  readonly cutAfter?: number;
  readonly config?: Partial<PropolisConfig>;
  /** Called before a frame is delivered. */
  readonly onFrame?: (pair: Pair, label: string) => void;
}

export const SOURCE = "127.0.0.1:1001";
export const TARGET = "127.0.0.1:1002";

export function pair(options: PairOptions = {}): Pair {
  const sim = simulation({ seed: options.seed ?? 1 });
  const log: string[] = [];
  const { cutAfter = Number.POSITIVE_INFINITY } = options;
  const side = (name: string, address: string, dialled?: PropolisContext): Side => {
    const config = {
      ...DEFAULT_CONFIG,
      timing: TIMING,
      listen: { host: "127.0.0.1", port: Number(address.split(":")[1]) },
    };
    const ctx = createContext({ ...config, ...options.config }, sim.world(name), {
      dial: async (at, migrationId) => {
        if (dialled === undefined || at !== SOURCE) throw new Error(`nothing listens at ${at}`);
        return dialSource(dialled, migrationId);
      },
    });
    const app = createApp(ctx, { responseValidators });
    sim.network.listen(name, `http://${address}`, (request) => app.fetch(request));
    return { ctx, ask: askOf(app), address };
  };
  const dialSource = async (ctx: PropolisContext, migrationId: string): Promise<Channel> => {
    const app = createApp(ctx);
    const response = await app.fetch(
      new Request(`http://source/instance/migrate/${migrationId}/start`, {
        headers: {
          "api-version": "1.0.0",
          upgrade: "websocket",
          "sec-websocket-version": "13",
          "sec-websocket-key": "k",
        },
      }),
    );
    const serve = ctx.upgrades.take(response.headers.get("x-request-id") ?? "");
    if (serve === undefined) throw new Error(`the source answered ${response.status} ${await response.text()}`);
    const [near, far] = linked();
    serve(far);
    return near;
  };
  const linked = (): [near: Channel, far: Channel] => {
    const ends = { target: new End(), source: new End() };
    let isCut = false;
    const cut = (): void => {
      isCut = true;
      ends.target.close();
      ends.source.close();
    };
    const end = (name: "target" | "source", other: End): Channel => ({
      bufferedBytes: 0,
      send: (frame) => {
        if (isCut) return;
        const label = `${name} ${labelOf(frame)}`;
        if (log.length >= cutAfter) return cut();
        log.push(label);
        sim.clock.schedule(1, label, () => {
          if (isCut) return;
          options.onFrame?.(made, label);
          other.deliver(frame);
        });
      },
      listen: (events) => ends[name].listen(events),
      close: () => void sim.clock.schedule(1, "close", () => other.close()),
    });
    return [end("target", ends.source), end("source", ends.target)];
  };
  const source = side("source", SOURCE);
  const target = side("target", TARGET, source.ctx);
  const made: Pair = { sim, source, target, frames: () => log.length, log };
  return made;
}

/** Where frames arrive: keeps them until somebody listens. */
class End {
  #events: ChannelEvents | undefined;
  readonly #early: Frame[] = [];
  #isClosed = false;

  listen(events: ChannelEvents): void {
    this.#events = events;
    for (const frame of this.#early.splice(0)) events.frame(frame);
    if (this.#isClosed) events.closed("cut");
  }

  deliver(frame: Frame): void {
    if (this.#events === undefined) this.#early.push(frame);
    else this.#events.frame(frame);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events?.closed("cut");
  }
}

function labelOf(frame: Frame): string {
  if (typeof frame !== "string") return "blob";
  if (!frame.startsWith("{")) return "protocol";
  // Our own messages.
  const message = JSON.parse(frame) as { type: string; phase?: string };
  return message.phase ?? message.type;
}
