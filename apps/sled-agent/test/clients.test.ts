/** The published clients, old and new, against sled-agents, new and old. */
import { cutVersions, serveApi, type Api } from "@racklet/api-kit";
import { bodyValidators } from "@racklet/api-types/gen/sled-agent.validators.js";
import { sledAgentApi } from "@racklet/api-types/sled-agent/api";
import { UnsupportedVersionError, sledAgentClient, type SledAgentClient } from "@racklet/sled-agent-client";
import { nullLog, realWorld, type World } from "@racklet/world";
import { describe, expect, test } from "vitest";
import { createApp } from "../src/server.ts";
import { translateError } from "../src/http/errors.ts";
import { handlers, overrides } from "../src/http/handlers.ts";
import { VMM, bodyAt, newest } from "./bodies.ts";
import { rig, type Rig } from "./rig.ts";

const versions = sledAgentApi.versions.all.map(({ semver }) => semver.major);
const path = { propolis_id: VMM };
const membership = { group_ip: "224.1.2.3", sources: [] as string[] };

/** Reaches the app without a socket. */
const worldTo = (app: { fetch(request: Request): Response | Promise<Response> }): World => ({
  ...realWorld({ name: "client" }),
  log: nullLog,
  fetch: async (request) => app.fetch(request),
});

/** Every version's client has these methods, with bodies of its own that TypeScript cannot follow here. */
async function clientOf(version: number, r: Rig): Promise<SledAgentClient> {
  const module = (await import(`@racklet/sled-agent-client/v${version}`)) as {
    sledAgentClient: typeof sledAgentClient;
  };
  return module.sledAgentClient({ baseUrl: "http://sled", world: worldTo(createApp(r.ctx)) });
}

const groups = async (r: Rig): Promise<number> =>
  ((await r.ask("GET", "/debug/opte/subscriptions")).body as unknown[]).length;

describe("a client of every version", () => {
  test.each(versions)("%i drives a VMM from its registration to its end", async (version) => {
    const r = rig();
    const sled = await clientOf(version, r);
    await sled.vmm_register({ path, body: bodyAt(version) as never });
    await sled.vmm_put_state({ path, body: { state: { type: "running" } } });
    await r.sim.clock.advance(500);
    expect((await sled.vmm_get_state({ path })).vmm_state.state).toBe("running");
    if (version >= 7) {
      const body = (tag: string) => (version >= 33 ? membership : { [tag]: membership }) as never;
      await sled.vmm_join_multicast_group({ path, body: body("join") });
      expect(await groups(r)).toBe(1);
      await sled.vmm_leave_multicast_group({ path, body: body("leave") });
      expect(await groups(r)).toBe(0);
    }
    const { updated_runtime: stopping } = await sled.vmm_put_state({ path, body: { state: { type: "stopped" } } });
    expect(stopping?.vmm_state.state).toBe("stopping");
    await r.sim.clock.advance(2_000);
    expect(r.nexus.statesOf(VMM).at(-1)).toBe("destroyed");
    await expect(sled.vmm_get_state({ path })).rejects.toMatchObject({ status: 404, code: "NO_SUCH_INSTANCE" });
  });
});

describe("a sled-agent of every older version", () => {
  const older = sledAgentApi.versions.all.slice(0, -1).map(({ label, semver }) => [semver.major, label] as const);
  test.each(older)("%i refuses the newest client without any effect", async (_, label) => {
    const r = rig();
    // The operations it did not have yet have handlers that are never asked.
    const api: Api = { ...sledAgentApi, versions: cutVersions(sledAgentApi.versions, label) };
    const known = Object.keys(overrides).filter((key) =>
      api.versions.all.some((each) => key.endsWith(`@${each.label}`)),
    );
    const app = serveApi(api, {
      context: r.ctx,
      handlers: handlers as never,
      overrides: Object.fromEntries(known.map((key) => [key, overrides[key]])) as never,
      world: r.sim.world("old"),
      bodyValidators,
      translate: translateError,
    });
    const sled = sledAgentClient({ baseUrl: "http://sled", world: worldTo(app) });
    const calls = [
      sled.vmm_register({ path, body: newest() as never }),
      sled.vmm_join_multicast_group({ path, body: membership }),
      sled.set_mcast_m2p({ body: { group: "224.1.2.3", underlay: "ff04::1" } }),
    ];
    for (const call of calls) await expect(call).rejects.toBeInstanceOf(UnsupportedVersionError);
    expect((await r.ask("GET", `/vmms/${VMM}/state`)).status).toBe(404);
    expect((await r.ask("GET", "/networking/mcast-m2p")).body).toEqual([]);
  });
});
