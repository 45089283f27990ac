import { describe, expect, it } from "vitest";
import { AddressInUseError, runService, UsageError, type ServiceHost, type ServiceMain } from "../src/index.ts";

class LockedError extends Error {}

/** A host process that does nothing but keep what is said and asked of it. */
function host(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const signals = new Map<string, () => void>();
  const real: ServiceHost & { readonly process: { exitCode?: unknown } } = {
    process: {
      argv: ["node", "main.ts", ...args],
      env: { RACKLET_COLOUR: "red" },
      exitCode: undefined,
      once: (signal, handler) => signals.set(signal, handler),
    },
    console: { log: (text) => void out.push(text), error: (text) => void err.push(text) },
  };
  return { ...real, out, err, signals, exitCode: () => real.process.exitCode };
}

let closed = 0;
const toy: ServiceMain<string, { readonly port: number; close(): Promise<void> }> = {
  name: "toy",
  usage: "usage: toy",
  parse: (argv, env) => `${argv.join(" ")} ${env["RACKLET_COLOUR"]}`,
  start: async (config) => ({
    port: config.length,
    close: async () => {
      closed += 1;
    },
  }),
  urls: ({ port }) => ({ url: `http://toy:${port}`, other: "http://other" }),
  nextSteps: [[LockedError, "unlock it"]],
};
const fails = (error: Error) => ({ ...toy, start: () => Promise.reject(error) });

describe("the process of a service", () => {
  it("says where it listens in one line, and closes on SIGTERM and SIGINT", async () => {
    const on = host("--size", "3");
    const listening = { event: "listening", url: "http://toy:12", other: "http://other" };
    expect(await runService(toy, on)).toEqual(listening);
    expect(on.out).toEqual([JSON.stringify(listening)]);
    expect([...on.signals.keys()]).toEqual(["SIGTERM", "SIGINT"]);
    const before = closed;
    on.signals.get("SIGTERM")?.();
    on.signals.get("SIGINT")?.();
    expect(closed - before).toBe(2);
    expect([on.err, on.exitCode()]).toEqual([[], undefined]);
  });

  it("reacts to signals before it says so", async () => {
    const on = host();
    const seen: number[] = [];
    await runService(toy, { ...on, console: { ...on.console, log: () => void seen.push(on.signals.size) } });
    expect(seen).toEqual([2]);
  });

  it("prints its usage when asked, whatever else is on the command line, and starts nothing", async () => {
    const on = host("--nonsense", "--help");
    const refuses = () => {
      throw new UsageError("no");
    };
    expect(await runService({ ...toy, parse: refuses, start: refuses }, on)).toBeUndefined();
    expect([on.out, on.err, on.exitCode()]).toEqual([["usage: toy"], [], undefined]);
  });

  it("ends with 2, the reason and the usage when the command line makes no sense", async () => {
    const on = host();
    const parse = () => {
      throw new UsageError("--size x: expected a number");
    };
    expect(await runService({ ...toy, parse }, on)).toBeUndefined();
    expect([on.out, on.err, on.exitCode()]).toEqual([[], ["toy: --size x: expected a number\nusage: toy"], 2]);
  });

  it.each([
    [new LockedError("it is locked"), "toy: it is locked: unlock it"],
    [new AddressInUseError({ host: "::1", port: 5 }, undefined), /^toy: \[::1\]:5 is already in use: stop the other/],
  ])("ends with 1 and what to do about %s", async (error, message) => {
    const on = host();
    expect(await runService(fails(error), on)).toBeUndefined();
    expect(on.err).toEqual([expect.stringMatching(message)]);
    expect([on.out, on.exitCode(), on.signals.size]).toEqual([[], 1, 0]);
  });

  it("ends as any program does on an error that nobody expected", async () => {
    const on = host();
    await expect(runService(fails(new TypeError("bug")), on)).rejects.toThrow("bug");
    expect(on.err).toEqual([]);
  });
});
