/** The SDKs that people have installed, of several releases, against a rack of today: each tells the story that it can express. */
import { afterAll, describe, expect, test } from "vitest";
import { differences } from "../sim/support/expectations.ts";
import { SimRack } from "../sim/support/rack.ts";
import { AgedRack } from "./support/aged-rack.ts";
import { clientOn, PUBLISHED, type ClientOnRack, type PublishedClient } from "./support/old-client.ts";
import { isAtMost, RELEASES } from "./support/releases.ts";
import { report, SEED, slice } from "./support/runs.ts";

const project = "old";
const query = { project };
const instance = "web";
const floatingIp = "front";
const group = "224.1.2.3";

let ran = 0;
const refusals = PUBLISHED.flatMap((client) =>
  RELEASES.filter(({ nexus }) => client.version !== undefined && !isAtMost(client.version, nexus)).map((release) => ({
    client,
    release,
    name: `${client.name} by a Nexus of ${release.nexus}`,
  })),
);
afterAll(() => report("published clients", ran, PUBLISHED.length + refusals.length));

describe.each(PUBLISHED)("$name", (published) => {
  test("creates, addresses, groups, changes, stops and deletes an instance", { timeout: 60_000 }, async () => {
    const rack = await SimRack.start({ seed: SEED, sleds: 2 });
    const client = clientOn(rack, published);
    try {
      await addPools(rack);
      await tell(rack, client, published);
      expect([...client.versions]).toEqual([published.version ?? null]);
      ran += 1;
    } finally {
      client.release();
      await rack.stop();
    }
  });
});

test.each(slice(refusals, 2, "refused clients"))(
  "a client that is too new is refused and nothing changes: $name",
  { timeout: 60_000 },
  async (each) => {
    const { rack } = await AgedRack.start(SEED, each.release);
    const client = clientOn(rack, each.client);
    try {
      const { status, message } = await client.failure(
        client.methods.projectCreate({ body: { name: project, description: "" } }),
      );
      expect([status, message]).toEqual([400, `server does not support this API version: ${each.client.version}`]);
      expect(await rack.store.db.selectFrom("project").select("id").execute()).toEqual([]);
      ran += 1;
    } finally {
      client.release();
      await rack.stop();
    }
  },
);

async function tell(
  rack: SimRack,
  { methods, ok, failure }: ClientOnRack,
  { version, hasMulticast }: PublishedClient,
): Promise<void> {
  const inState = (state: string): Promise<void> =>
    rack.settled(async () => {
      const { body } = await rack.call("GET", `/v1/instances/${instance}?project=${project}`);
      const seen = String((body as { run_state?: string }).run_state);
      return seen === state || seen;
    }, `${instance} is ${state}`);
  const one = { path: { instance }, query };

  await ok(methods.projectCreate({ body: { name: project, description: "of an old client" } }));
  const address = await ok(methods.floatingIpCreate({ query, body: { name: floatingIp, description: "" } }));
  const created = await ok(
    methods.instanceCreate({
      query,
      body: {
        name: instance,
        description: "a web server",
        hostname: instance,
        ncpus: 2,
        memory: 2 ** 30,
        // An SDK that sends no version cannot say `default_ipv4`, and leaves the interfaces to Nexus.
        ...(version === undefined ? {} : { networkInterfaces: { type: "default_ipv4" } }),
        externalIps: [{ type: "floating", floatingIp }],
      },
    }),
  );
  expect(created.timeCreated).toBeInstanceOf(Date);
  await inState("running");
  await atRest(rack);
  const nics = await ok(methods.instanceNetworkInterfaceList({ query: { project, instance } }));
  expect(nics.items.map(({ primary }) => primary)).toEqual([true]);

  if (hasMulticast) {
    await ok(methods.instanceMulticastGroupJoin({ path: { instance, multicastGroup: group }, query, body: {} }));
    await atRest(rack);
    const { items } = await ok(methods.multicastGroupMemberList({ path: { multicastGroup: group } }));
    expect(items.map(({ state }) => state)).toEqual(["Joined"]);
    await ok(methods.instanceMulticastGroupLeave({ path: { instance, multicastGroup: group }, query }));
    await atRest(rack);
  }

  const addresses = await ok(methods.instanceExternalIpList(one));
  expect(addresses.items.map(({ ip }) => ip)).toContain(address.ip);
  const detached = await ok(methods.floatingIpDetach({ path: { floatingIp }, query }));
  expect(detached.ip).toBe(address.ip);
  await atRest(rack);
  const attachTo = { kind: "instance", parent: instance } as const;
  await ok(methods.floatingIpAttach({ path: { floatingIp }, query, body: attachTo }));
  await atRest(rack);

  expect((await failure(methods.instanceDelete(one))).status).toBe(400);
  await ok(methods.instanceStop(one));
  await inState("stopped");
  await change(methods, ok, version);
  await ok(methods.instanceStart(one));
  await inState("running");
  await atRest(rack);
  await ok(methods.instanceStop(one));
  await inState("stopped");
  await ok(methods.instanceDelete(one));
  await ok(methods.floatingIpDelete({ path: { floatingIp }, query }));
  await atRest(rack);
  const { items } = await ok(methods.instanceList({ query }));
  expect(items).toEqual([]);
}

/** Before 2026060500 nothing could be said of jumbo frames: they stay as they are. */
async function change(
  methods: ClientOnRack["methods"],
  ok: ClientOnRack["ok"],
  version: string | undefined,
): Promise<void> {
  const knowsFrames = version !== undefined && isAtMost("2026060500.0.0", version);
  if (version === undefined) return;
  const body = { ncpus: 4, memory: 2 ** 31, bootDisk: null, autoRestartPolicy: null, cpuPlatform: null };
  const more = knowsFrames ? { enableJumboFrames: true } : {};
  // The type is the newest SDK's, which always says something of them.
  const whole = { ...body, ...more } as typeof body & { enableJumboFrames: boolean };
  const changed = await ok(methods.instanceUpdate({ path: { instance }, query, body: whole }));
  expect([changed.ncpus, changed.enableJumboFrames]).toEqual([4, knowsFrames ? true : undefined]);
}

async function addPools(rack: SimRack): Promise<void> {
  for (const [name, more, first, last] of [
    ["four", {}, "10.0.1.0", "10.0.1.255"],
    ["groups", { pool_type: "multicast" }, "224.1.2.0", "224.1.2.255"],
  ] as const) {
    await rack.ok("POST", "/v1/system/ip-pools", { name, description: "", ...more });
    await rack.ok("POST", `/v1/system/ip-pools/${name}/ranges/add`, { first, last });
    await rack.ok("POST", `/v1/system/ip-pools/${name}/silos`, { silo: "default-silo", is_default: true });
  }
}

async function atRest(rack: SimRack): Promise<void> {
  await rack.settled(async () => {
    const found = await differences(rack, { multicast: true });
    return found === "" || found;
  }, "switches and sleds hold what the database asks for");
}
