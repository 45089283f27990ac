/** Two ends of a connection in the simulated network: frames take their time, stay in order, and end with the connection. */
import type { Channel, ChannelEvents, Frame } from "@racklet/world";
import type { VirtualClock } from "./clock.ts";

export interface ConnectionOptions {
  readonly clock: VirtualClock;
  /** Who to whom, for messages. */
  readonly label: string;
  /** Drawn anew for each frame. */
  readonly delayMs: () => number;
  /** The network lets nothing through. */
  readonly isCut: () => boolean;
  /** Called once, when neither end will hear of the other again. */
  readonly onClosed: () => void;
}

export interface Connection {
  readonly client: Channel;
  readonly server: Channel;
  /** Breaks it, as when a process at one end is killed. */
  cut(): void;
}

const BROKEN = "the connection was reset";

export function connection(options: ConnectionOptions): Connection {
  const ends = [new End(), new End()] as const;
  let isOpen = true;
  const close = (reason: string): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const end of ends) end.close(reason);
    options.onClosed();
  };
  const channel = (own: End, other: End): Channel => {
    let latest = 0;
    /** After everything that was sent before. */
    const later = (label: string, fire: () => void): void => {
      const now = options.clock.monotonicMs();
      latest = Math.max(latest, now + options.delayMs());
      options.clock.schedule(latest - now, `${options.label}: ${label}`, () => {
        if (!isOpen) return;
        if (options.isCut()) close(BROKEN);
        else fire();
      });
    };
    return {
      bufferedBytes: 0,
      send: (frame) => {
        if (isOpen) later("frame", () => other.deliver(typeof frame === "string" ? frame : Uint8Array.from(frame)));
      },
      listen: (events) => own.listen(events),
      close: (_code, reason) => later("close", () => close(reason)),
    };
  };
  return {
    client: channel(ends[0], ends[1]),
    server: channel(ends[1], ends[0]),
    cut: () => close(BROKEN),
  };
}

/** Where frames arrive: keeps them until somebody listens. */
class End {
  readonly #early: Frame[] = [];
  #events: ChannelEvents | undefined;
  #closed: string | undefined;

  listen(events: ChannelEvents): void {
    this.#events = events;
    for (const frame of this.#early.splice(0)) events.frame(frame);
    if (this.#closed !== undefined) events.closed(this.#closed);
  }

  deliver(frame: Frame): void {
    if (this.#events === undefined) this.#early.push(frame);
    else this.#events.frame(frame);
  }

  close(reason: string): void {
    this.#closed = reason;
    this.#events?.closed(reason);
  }
}
