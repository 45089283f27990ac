import { UsageError } from "@racklet/api-kit";
import { realWorld } from "@racklet/world";
import { describe, expect, test } from "vitest";
import { parseConfig, startSledAgent } from "../src/index.ts";
import { SLED_ID } from "./rig.ts";

const NEXUS = "http://[::1]:12221";
const required = ["--sled-id", SLED_ID, "--nexus", NEXUS];

describe("the flags", () => {
  test("have defaults but for the sled's id and Nexus", () => {
    expect(parseConfig(required, {})).toMatchObject({
      listen: { host: "::1", port: 12_345 },
      nexus: NEXUS,
      sledId: SLED_ID,
      serial: `RACKLET${SLED_ID.replaceAll("-", "").toUpperCase()}`,
      scrimlet: false,
      mode: "real",
      underlay: undefined,
    });
  });

  test("may come from the environment, and win over it", () => {
    const env = { RACKLET_SLED_ID: SLED_ID, RACKLET_NEXUS: NEXUS, RACKLET_SCRIMLET: "true", RACKLET_MODE: "sim" };
    expect(parseConfig([], env)).toMatchObject({ sledId: SLED_ID, scrimlet: true, mode: "sim" });
    expect(parseConfig(["--mode", "real"], env).mode).toBe("real");
  });

  test("read an underlay address, a serial, a dpd and a boot time", () => {
    const flags = [
      "--scrimlet",
      "--dpd",
      "http://127.0.0.1:12224",
      "--underlay",
      "FD00:0::1",
      "--serial",
      "BRM1",
      "--boot-ms",
      "5-9",
    ];
    expect(parseConfig([...required, ...flags], {})).toMatchObject({
      dpd: "http://127.0.0.1:12224",
      underlay: "fd00::1",
      serial: "BRM1",
      vmTiming: { bootMs: [5, 9] },
    });
  });

  test("say where propolises run and what is kept", () => {
    expect(parseConfig(required, {})).toMatchObject({ propolis: "embedded", dataDir: undefined });
    const flags = ["--propolis", "process", "--data", "d"];
    expect(parseConfig([...required, ...flags], {})).toMatchObject({ propolis: "process", dataDir: "d" });
  });

  const refused: [flags: string[], message: string][] = [
    [[], "--sled-id is missing"],
    [["--sled-id", SLED_ID], "--nexus is missing"],
    [[...required, "--sled-id", "x"], "--sled-id x: expected a UUID"],
    [[...required, "--listen", "0.0.0.0:1"], "only the loopback address"],
    [[...required, "--listen", "[fd00::1]:1"], "only the loopback address"],
    [[...required, "--listen", "127.0.0.1:1"], "IPv6"],
    [[...required, "--listen", "nonsense"], "--listen nonsense: not a listen address"],
    [[...required, "--dpd", "http://[::1]:1"], "--dpd needs --scrimlet"],
    [[...required, "--nexus", "ftp://x"], "--nexus ftp://x: expected a URL"],
    [[...required, "--mode", "auto"], "--mode auto: expected real or sim"],
    [[...required, "--underlay", "10.0.0.1"], "--underlay 10.0.0.1: expected an IPv6 address"],
    [[...required, "--boot-ms", "9-5"], "--boot-ms 9-5: expected milliseconds"],
    [[...required, "--propolis", "thread"], "--propolis thread: expected embedded or process"],
    [[...required, "--propolis", "process"], "--propolis process needs --data"],
    [[...required, "--frob"], "--frob"],
  ];
  test.each(refused)("%j are refused", (flags, message) => {
    expect(() => parseConfig(flags, {})).toThrow(UsageError);
    expect(() => parseConfig(flags, {})).toThrow(message);
  });
});

describe("a sled-agent on a socket", () => {
  test("says where it listens, keeps its port to itself, and leaves nothing behind", async () => {
    const world = realWorld({ name: "sled-agent/test" });
    const config = parseConfig([...required, "--listen", "[::1]:0"], {});
    const first = await startSledAgent(config, world);
    expect(first.url).toMatch(/^http:\/\/\[::1\]:[1-9]\d+$/);
    const { port } = new URL(first.url);
    const taken = { ...config, listen: { host: "::1", port: Number(port) } };
    await expect(startSledAgent(taken, world)).rejects.toThrow("already in use");
    const health = await world.fetch(new Request(`${first.url}/debug/health`));
    expect(await health.json()).toMatchObject({ service: "sled-agent", sled_id: SLED_ID, registration: "pending" });
    await first.close();
    const second = await startSledAgent(taken, world);
    await second.close();
  });
});
