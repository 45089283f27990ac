/**
 * A World that ends, as a killed process's does: after `kill` no timer of it fires, no call of it is answered, nothing it
 * served is reachable. Code that holds it stops at its next wait and is forgotten; what it had sent is on its way.
 */
import type { ListenLike, World } from "@racklet/world";

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
  const never = <T>(): Promise<T> => new Promise(() => {});
  return {
    ...world,
    timers: {
      sleep: (ms, signal) => (alive ? heard(world.timers.sleep(ms, signal)) : never()),
      after: (ms, fn) => (alive ? world.timers.after(ms, () => alive && fn()) : () => {}),
      yield: () => (alive ? heard(world.timers.yield()) : never()),
    },
    fetch: (request) => (alive ? heard(world.fetch(request)) : never()),
    ...(world.listen === undefined ? {} : { listen: mortalListen(world.listen, closers, () => alive) }),
    kill: () => {
      alive = false;
      for (const close of closers) close();
      closers.clear();
    },
  };
}

function mortalListen(listen: ListenLike, closers: Set<() => void>, alive: () => boolean): ListenLike {
  return (address, handler) => {
    if (!alive()) throw new Error("a killed process cannot listen");
    const listening = listen(address, handler);
    const close = (): void => {
      closers.delete(close);
      listening.close();
    };
    closers.add(close);
    return { port: listening.port, close };
  };
}
