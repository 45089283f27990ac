/** The model engine, of which one operation fails when told to: once, and having done nothing. */
import { modelEngine, type Engine } from "../../src/opte/engine.ts";

export class InjectedFault extends Error {
  override readonly name = "InjectedFault";
}

export interface FaultyEngine extends Engine {
  /** The `n`th operation that can fail, counted from 0, fails; undefined: none does. */
  failAt(n: number | undefined): void;
}

/** Removing does not fail: that is the engine's promise. */
const FALLIBLE = [
  "createPort",
  "setExternalIps",
  "setFirewallRules",
  "setAttachedSubnets",
  "addRoute",
  "subscribe",
] as const;

export function faultyEngine(): FaultyEngine {
  const engine = modelEngine();
  let left: number | undefined;
  const failing =
    <A extends readonly unknown[]>(what: string, work: (...input: A) => void) =>
    (...input: A): void => {
      if (left !== undefined && left-- === 0) {
        left = undefined;
        throw new InjectedFault(what);
      }
      work(...input);
    };
  const wrapped = Object.fromEntries(FALLIBLE.map((name) => [name, failing(name, engine[name] as () => void)]));
  return { ...engine, ...wrapped, failAt: (n) => void (left = n) };
}
