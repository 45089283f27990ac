import { deadlineSignal } from "@racklet/world";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { simulation, type LinkFaults, type Simulation } from "../src/index.ts";

interface Pair {
  readonly sim: Simulation;
  /** What the server was asked, in order. */
  readonly served: string[];
  ask(path: string, init?: RequestInit): Promise<Response>;
}

function pair(seed: number, faults: LinkFaults = {}): Pair {
  const sim = simulation({ seed, faults });
  const served: string[] = [];
  sim.network.listen("dpd", "http://[::1]:12224", async (request) => {
    served.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
    return Response.json({ count: served.length }, { status: 201, headers: { "x-kind": "test" } });
  });
  const world = sim.world("nexus");
  return { sim, served, ask: (path, init) => world.fetch(new Request(`http://[::1]:12224${path}`, init)) };
}

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "answered",
    (error: unknown) => (error instanceof TypeError ? (error.cause as { code: string }).code : String(error)),
  );

describe("the network in memory", () => {
  test("carries method, headers, body, status and answer unchanged", async () => {
    const { sim, served, ask } = pair(1);
    const response = await sim.clock.run(ask("/nat/ipv4", { method: "POST", body: "hello" }));
    expect(served).toEqual(["POST /nat/ipv4 hello"]);
    expect([response.status, response.headers.get("x-kind"), await response.json()]).toEqual([
      201,
      "test",
      { count: 1 },
    ]);
  });

  test("an answer without a body stays one", async () => {
    const { sim } = pair(1);
    sim.network.listen("propolis", "127.0.0.1:80", () => new Response(null, { status: 204 }));
    const response = await sim.clock.run(sim.world("sled-agent").fetch(new Request("http://127.0.0.1/")));
    expect([response.status, response.body]).toEqual([204, null]);
  });

  test("carries a GET with a body, which Request itself refuses", async () => {
    const { sim, served, ask } = pair(1);
    const request = new Request("http://[::1]:12224/state", { method: "POST", body: "{}" });
    await sim.clock.run(sim.world("nexus").fetch(Object.defineProperty(request, "method", { value: "GET" })));
    expect(served).toEqual(["GET /state {}"]);
    await sim.clock.run(ask("/state"));
    expect(served[1]).toBe("GET /state ");
  });

  test("is where a service of a simulated world listens, at a free port when it asks for none", async () => {
    const { sim } = pair(1);
    const { listen, fetch } = sim.world("sled-agent");
    const address = { host: "::1", port: 0 };
    const [one, two] = ["one", "two"].map((name) => listen?.(address, () => new Response(name)));
    expect(two?.port).not.toBe(one?.port);
    const answer = await sim.clock.run(fetch(new Request(`http://[::1]:${two?.port}/`)));
    expect(await answer.text()).toBe("two");
    two?.close();
    expect(await sim.clock.run(codeOf(fetch(new Request(`http://[::1]:${two?.port}/`))))).toBe("ECONNREFUSED");
  });

  test("resets at once what a service that goes down is serving, however long it would have taken", async () => {
    const { sim } = pair(1);
    sim.network.listen("propolis", "127.0.0.1:80", () => new Promise(() => {}));
    const code = codeOf(sim.world("sled-agent").fetch(new Request("http://127.0.0.1/")));
    await sim.clock.advance(1);
    sim.network.down("propolis");
    expect(await sim.clock.run(code)).toBe("ECONNRESET");
    expect(sim.clock.monotonicMs()).toBe(1);
  });

  test("carries WebSockets: frames in order however late each is, both ways, until one end closes", async () => {
    const { sim } = pair(1, { delayMs: [1, 50] });
    const heard: string[] = [];
    sim.network.listen(
      "propolis",
      "127.0.0.1:80",
      () => new Response("no WebSocket here", { status: 426 }),
      async (request) =>
        request.url.endsWith("/refused")
          ? new Response("not you", { status: 403 })
          : (channel) =>
              channel.listen({
                frame: (frame) => {
                  heard.push(String(frame));
                  if (frame === "last") channel.close(1000, "that is all");
                },
                closed: () => heard.push("closed"),
              }),
    );
    const connect = sim.network.connectFrom("nexus");
    const client = await sim.clock.run(connect("http://127.0.0.1:80/serial", {}));
    const closed = new Promise<string>((resolve) => client.listen({ frame: () => {}, closed: resolve }));
    for (const frame of ["1", "2", "3", "4", "5", "last"]) client.send(frame);
    expect(await sim.clock.run(closed)).toBe("that is all");
    expect(heard).toEqual(["1", "2", "3", "4", "5", "last", "closed"]);
    await expect(sim.clock.run(connect("http://127.0.0.1:80/refused", {}))).rejects.toThrow(
      "refused with 403: not you",
    );
    await expect(sim.clock.run(connect("http://127.0.0.1:9/", {}))).rejects.toThrow("fetch failed");
  });

  test.each(["propolis", "nexus"])("breaks a WebSocket for both ends when %s goes down", async (victim) => {
    const { sim } = pair(1);
    const ends: string[] = [];
    const listenTo = (name: string) => ({
      frame: () => {},
      closed: (reason: string) => void ends.push(`${name}: ${reason}`),
    });
    sim.network.listen(
      "propolis",
      "127.0.0.1:80",
      () => new Response(),
      async () => (channel) => channel.listen(listenTo("server")),
    );
    sim.network.listen("nexus", "127.0.0.1:81", () => new Response());
    const client = await sim.clock.run(sim.network.connectFrom("nexus")("http://127.0.0.1:80/", {}));
    client.listen(listenTo("client"));
    sim.network.down(victim);
    client.send("too late");
    await sim.clock.advance(10);
    expect(ends.sort()).toEqual(["client: the connection was reset", "server: the connection was reset"]);
  });

  test("takes the delay of the link each way", async () => {
    const { sim, ask } = pair(1, { delayMs: [20, 20] });
    await sim.clock.run(ask("/"));
    expect(sim.clock.monotonicMs()).toBe(40);
  });

  test("refuses connections to nobody and to a service that is down, as Node's fetch says it", async () => {
    const { sim, served, ask } = pair(1);
    const nobody = sim.world("nexus").fetch(new Request("http://127.0.0.1:9/"));
    expect(await sim.clock.run(codeOf(nobody))).toBe("ECONNREFUSED");
    sim.network.down("dpd");
    expect(await sim.clock.run(codeOf(ask("/")))).toBe("ECONNREFUSED");
    sim.network.up("dpd");
    expect(await sim.clock.run(codeOf(ask("/")))).toBe("answered");
    expect(served.length).toBe(1);
  });

  test("an answer under way is lost when the service goes down, even if it is back in time", async () => {
    const { sim, served, ask } = pair(1, { delayMs: [10, 10] });
    const answer = codeOf(ask("/"));
    await sim.clock.advance(15);
    sim.network.down("dpd");
    sim.network.up("dpd");
    expect(await sim.clock.run(answer)).toBe("ECONNRESET");
    expect(served.length).toBe(1);
  });

  test("a lost request is never served; the caller waits until its own deadline", async () => {
    const { sim, served, ask } = pair(1, { dropRequest: 1 });
    const { signal } = deadlineSignal(sim.world("nexus").timers, 5_000);
    expect(await sim.clock.run(codeOf(ask("/", { signal })))).toBe("TimeoutError: no answer within 5000 ms");
    expect([served.length, sim.clock.monotonicMs()]).toEqual([0, 5_000]);
  });

  test("a lost answer means served all the same", async () => {
    const { sim, served, ask } = pair(1, { dropResponse: 1, onLoss: "reset" });
    expect(await sim.clock.run(codeOf(ask("/", { method: "PUT" })))).toBe("ECONNRESET");
    expect(served).toEqual(["PUT / "]);
  });

  test("a duplicate is served twice with the same body and answered once", async () => {
    const { sim, served, ask } = pair(1, { duplicate: 1 });
    const response = await sim.clock.run(ask("/", { method: "POST", body: "once?" }));
    await sim.clock.runUntilIdle();
    expect(served).toEqual(["POST / once?", "POST / once?"]);
    expect(await response.json()).toEqual({ count: 1 });
  });

  test("a partition separates its groups in both directions, until healed", async () => {
    const { sim, served, ask } = pair(1, { onLoss: "reset" });
    sim.network.partition(["nexus"], ["dpd"]);
    expect(await sim.clock.run(codeOf(ask("/")))).toBe("ECONNRESET");
    const bystander = sim.world("sled-agent/0").fetch(new Request("http://[::1]:12224/"));
    expect(await sim.clock.run(codeOf(bystander))).toBe("answered");
    sim.network.heal();
    expect(await sim.clock.run(codeOf(ask("/")))).toBe("answered");
    expect(served.length).toBe(2);
  });

  test("a partition also swallows answers under way", async () => {
    const { sim, served, ask } = pair(1, { delayMs: [10, 10], onLoss: "reset" });
    const answer = codeOf(ask("/"));
    await sim.clock.advance(15);
    sim.network.partition(["nexus"], ["dpd"]);
    expect([await sim.clock.run(answer), served.length]).toEqual(["ECONNRESET", 1]);
  });

  test("faults of a link apply to that link only", async () => {
    const { sim, ask } = pair(1);
    sim.network.setFaults("sled-agent/0", "dpd", { refuse: 1 });
    expect(await sim.clock.run(codeOf(ask("/")))).toBe("answered");
    sim.network.setFaults("*", "dpd", { refuse: 1 });
    expect(await sim.clock.run(codeOf(ask("/")))).toBe("ECONNREFUSED");
    sim.network.clearFaults();
    expect(await sim.clock.run(codeOf(ask("/")))).toBe("answered");
  });

  test("a call aborted before or during its flight fails with the signal's reason", async () => {
    const { sim, served, ask } = pair(1, { delayMs: [10, 10] });
    expect(await sim.clock.run(codeOf(ask("/", { signal: AbortSignal.abort(new Error("never")) })))).toBe(
      "Error: never",
    );
    const controller = new AbortController();
    const answer = codeOf(ask("/", { signal: controller.signal }));
    await sim.clock.advance(15);
    controller.abort(new Error("changed my mind"));
    expect(await sim.clock.run(answer)).toBe("Error: changed my mind");
    await sim.clock.runUntilIdle();
    expect(served.length).toBe(1);
  });

  test("a handler that throws breaks the connection instead of the simulation", async () => {
    const { sim } = pair(1);
    sim.network.listen("broken", "127.0.0.1:1", () => Promise.reject(new Error("bug")));
    const answer = sim.world("nexus").fetch(new Request("http://127.0.0.1:1/"));
    expect(await sim.clock.run(codeOf(answer))).toBe("ECONNRESET");
    expect(sim.network.trace.format()).toContain("handler failed: GET /: Error: bug");
  });

  test("two services cannot listen at one address, and a stopped one frees it", () => {
    const { sim } = pair(1);
    const stop = sim.network.listen("a", "http://127.0.0.1:5", () => new Response());
    expect(() => sim.network.listen("b", "127.0.0.1:5", () => new Response())).toThrow(/EADDRINUSE.*taken by a/);
    stop();
    sim.network.listen("b", "127.0.0.1:5", () => new Response());
  });
});

describe("replay", () => {
  const faults: LinkFaults = {
    delayMs: [1, 50],
    refuse: 0.1,
    dropRequest: 0.1,
    dropResponse: 0.1,
    duplicate: 0.2,
    onLoss: "reset",
  };

  /** Three services calling the same one at random times. */
  async function story(seed: number): Promise<string> {
    const { sim } = pair(seed, faults);
    const outcomes: string[] = [];
    const caller = async (name: string): Promise<void> => {
      const world = sim.world(name);
      for (let call = 0; call < 10; call += 1) {
        await world.timers.sleep(world.random.next() * 100);
        const request = new Request("http://[::1]:12224/", { method: "PUT", body: world.ids.uuid() });
        outcomes.push(`${name} ${String(await codeOf(world.fetch(request)))}`);
      }
    };
    await sim.clock.run(Promise.all(["nexus", "sled-agent/0", "sled-agent/1"].map(caller)));
    await sim.clock.runUntilIdle();
    return `${sim.network.trace.format()}\n${outcomes.join("\n")}`;
  }

  test("the same seed gives the same trace and outcomes to the last line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        expect(await story(seed)).toBe(await story(seed));
      }),
      { numRuns: 10 },
    );
  });

  test("another seed gives another story, and every kind of fault occurs", async () => {
    const stories = await Promise.all([1, 2, 3, 4, 5].map(story));
    expect(new Set(stories).size).toBe(5);
    for (const event of ["refused", "request lost", "response lost", "deliver again", "answer"]) {
      expect(stories.join("\n")).toContain(` ${event}: `);
    }
  });
});
