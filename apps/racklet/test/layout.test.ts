import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { childEnv } from "../src/rack/child-env.ts";
import { addressesFrom, defaultAddresses, layOut, listenersOf } from "../src/rack/layout.ts";
import { checkFree, freeAddresses } from "../src/rack/ports.ts";

const IDS = ["id-0", "id-1", "id-2"];

describe("a rack", () => {
  const rack = layOut({
    addresses: defaultAddresses(3),
    rackId: "rack",
    sledIds: [...IDS, "of a sled that is not there this time"],
    database: "postgres://me:secret@host/racklet",
    password: "secret",
    sledDataDir: (sled) => `data/${sled}`,
    propolis: "process",
  });

  test("is where the documentation says", () => {
    expect(rack.nexus).toEqual({
      external: "http://127.0.0.1:12220",
      internal: "http://127.0.0.1:12221",
      lockstep: "http://127.0.0.1:12232",
    });
    expect(rack.dpd).toEqual([
      { switch: "switch0", url: "http://127.0.0.1:12224" },
      { switch: "switch1", url: "http://127.0.0.1:12234" },
    ]);
    expect(rack.sledAgents).toEqual([
      { id: "id-0", url: "http://[::1]:12345", scrimlet: true },
      { id: "id-1", url: "http://[::1]:12346", scrimlet: true },
      { id: "id-2", url: "http://[::1]:12347", scrimlet: false },
    ]);
  });

  test("tells every service what it needs, and the password to nobody else", () => {
    const byName = new Map(rack.services.map((service) => [service.name, service]));
    expect([...byName.keys()]).toEqual([
      "nexus",
      "dpd/switch0",
      "dpd/switch1",
      "sled-agent/0",
      "sled-agent/1",
      "sled-agent/2",
    ]);
    expect(byName.get("sled-agent/1")?.args).toEqual([
      "--listen=[::1]:12346",
      "--nexus=http://127.0.0.1:12221",
      "--rack-id=rack",
      "--sled-id=id-1",
      "--serial=SimGimlet01",
      "--underlay=fd00:1122:3344:102::1",
      "--data=data/1",
      "--propolis=process",
      "--scrimlet",
      "--dpd=http://127.0.0.1:12234",
    ]);
    expect(byName.get("sled-agent/2")?.args).not.toContain("--scrimlet");
    const told = rack.services.filter((service) => JSON.stringify(service).includes("secret"));
    expect(told.map(({ name }) => name)).toEqual(["nexus"]);
    expect(told[0]?.args.join(" ")).not.toContain("secret");
    expect(told[0]?.env).toEqual({
      RACKLET_INITIAL_PASSWORD: "secret",
      RACKLET_DATABASE: "postgres://me:secret@host/racklet",
    });
  });
});

describe("ports", () => {
  test("that are picked are free, and all different", async () => {
    const addresses = await freeAddresses(3);
    const ports = listenersOf(addresses).map(({ address }) => address.port);
    expect(new Set(ports).size).toBe(8);
    await checkFree(addresses);
  });

  test("that are taken are named with the service that wants them", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const addresses = addressesFrom(1, { nexus: [0, 0, 0], dpd: [0, port], sledAgents: [0] });
    await expect(checkFree(addresses)).rejects.toThrow(
      `port ${port}, which dpd/switch1 wants, is taken on 127.0.0.1: stop the program that has it (racklet down, if it is another rack), or use --ports auto`,
    );
    server.close();
  });
});

test("services do not take the launcher's variables for their flags", () => {
  const env = childEnv({
    PATH: "p",
    RACKLET_DATA: "d",
    RACKLET_LISTEN: "l",
    RACKLET_LOG: "debug",
    NODE_COMPILE_CACHE: "c",
  });
  expect(env).toEqual({ PATH: "p", RACKLET_LOG: "debug", NODE_COMPILE_CACHE: "c" });
});
