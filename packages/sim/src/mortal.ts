/**
 * A World that ends, as a killed process's does: after `kill` no timer of it fires, no call of it is answered, nothing it
 * served is reachable. Code that holds it stops at its next wait and is forgotten; what it had sent is on its way.
 */
import type { AcceptLike, Channel, ConnectLike, ListenLike, World } from "@racklet/world";

export interface MortalWorld extends World {
  kill(): void;
}

export function mortal(world: World): MortalWorld {
  let alive = true;
  const closers = new Set<() => void>();
  /** What the outside says reaches only the living; the dead wait for ever. */
  const heard = <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      answer.then(
        (value) => alive && resolve(value),
        (error: unknown) => alive && reject(error),
      );
    });
  const life: Life = { closers, alive: () => alive };
  const never = <T>(): Promise<T> => new Promise(() => {});
  return {
    ...world,
    timers: {
      sleep: (ms, signal) => (alive ? heard(world.timers.sleep(ms, signal)) : never()),
      after: (ms, fn) => (alive ? world.timers.after(ms, () => alive && fn()) : () => {}),
      yield: () => (alive ? heard(world.timers.yield()) : never()),
    },
    fetch: (request) => (alive ? heard(world.fetch(request)) : never()),
    ...(world.listen === undefined ? {} : { listen: mortalListen(world.listen, life) }),
    ...(world.connect === undefined ? {} : { connect: mortalConnect(world.connect, life, heard) }),
    kill: () => {
      alive = false;
      for (const close of closers) close();
      closers.clear();
    },
  };
}

interface Life {
  /** Of what the living has open. */
  readonly closers: Set<() => void>;
  readonly alive: () => boolean;
}

function mortalListen(listen: ListenLike, life: Life): ListenLike {
  const { closers, alive } = life;
  return (address, handler, accept) => {
    if (!alive()) throw new Error("a killed process cannot listen");
    const listening = listen(address, handler, accept && mortalAccept(accept, life));
    const close = (): void => {
      closers.delete(close);
      listening.close();
    };
    closers.add(close);
    return { port: listening.port, close };
  };
}

function mortalAccept(accept: AcceptLike, life: Life): AcceptLike {
  return async (request) => {
    const serve = await accept(request);
    return serve instanceof Response ? serve : (channel) => serve(mortalChannel(channel, life));
  };
}

function mortalConnect(connect: ConnectLike, life: Life, heard: <T>(answer: Promise<T>) => Promise<T>): ConnectLike {
  return (url, headers) => heard(connect(url, headers).then((channel) => mortalChannel(channel, life)));
}

/** The other end learns of the death at once; this end hears nothing any more. */
function mortalChannel(channel: Channel, { closers, alive }: Life): Channel {
  const ABNORMAL = 1006;
  const close = (): void => channel.close(ABNORMAL, "the process was killed");
  closers.add(close);
  return {
    get bufferedBytes() {
      return channel.bufferedBytes;
    },
    send: (frame) => alive() && channel.send(frame),
    listen: (events) =>
      channel.listen({
        frame: (frame) => alive() && events.frame(frame),
        closed: (reason) => {
          closers.delete(close);
          if (alive()) events.closed(reason);
        },
      }),
    close: (code, reason) => channel.close(code, reason),
  };
}
