/** A Nexus on virtual time with a real sled-agent beside it, and one of everything in it, called `alpha`. */
import type { Api } from "@racklet/api-kit";
import { responseValidators as internal } from "@racklet/api-types/gen/nexus-internal.response-validators.js";
import { responseValidators as lockstep } from "@racklet/api-types/gen/nexus-lockstep.response-validators.js";
import { responseValidators as external } from "@racklet/api-types/gen/nexus.response-validators.js";
import { nexusInternalApi } from "@racklet/api-types/nexus-internal/api";
import { nexusLockstepApi } from "@racklet/api-types/nexus-lockstep/api";
import { nexusApi } from "@racklet/api-types/nexus/api";
import { createApps, createContext, DEFAULT_CONFIG, FIRST_SILO, FIRST_USER, type NexusApps } from "@racklet/nexus";
import { cheapPasswords, populate, type NexusContext } from "@racklet/nexus/testing";
import { simulation } from "@racklet/sim";
import { troubleLog } from "./log.ts";
import { nexusDigest } from "./nexus-digest.ts";
import { nexusPool } from "./nexus-pool.ts";
import type { World } from "@racklet/world";
import { SEED } from "./seed.ts";
import { SLED_ADDRESS, SLED_ID, sledApp } from "./sled-app.ts";
import type { Target } from "./target.ts";

const APIS: { readonly [K in keyof NexusApps]: Api } = {
  external: nexusApi,
  internal: nexusInternalApi,
  lockstep: nexusLockstepApi,
};
/** Lists by id are in the order in which things were made, however many ids are drawn for other purposes: recorded answers stay. */
function risingIds(): World["ids"] {
  let made = 0;
  return { uuid: () => `${(++made).toString(16).padStart(8, "0")}-1d00-4000-8000-000000000000` };
}

const INTERNAL_URL = "http://[fd00:1122:3344:100::1]:12221";

export async function startNexus(name: keyof NexusApps): Promise<Target> {
  const { log, troubles } = troubleLog();
  const sim = simulation({ seed: SEED });
  const config = { ...DEFAULT_CONFIG, database: "sqlite::memory:", allowSpoof: true };
  const world = { ...sim.world("nexus"), log, ids: risingIds() };
  const nexus = await sim.clock.run(() => createContext(config, world, cheapPasswords(world)));
  const apps = createApps(nexus, { responseValidators: { external, internal, lockstep } });
  const sled = sledApp(sim.world("sled-agent"), INTERNAL_URL);
  sim.network.listen("sled-agent", `http://${SLED_ADDRESS}`, (request) => sled.app.fetch(request));
  sim.network.listen("nexus", INTERNAL_URL, (request) => apps.internal.fetch(request));
  await sim.clock.run(() => populate(nexus));
  const admin = await keepAdmin(nexus);

  const sendTo =
    (api: keyof NexusApps) =>
    async (request: Request): Promise<Response> => {
      const response = await sim.clock.run(async () => apps[api].fetch(request));
      // Sagas, and what the sled-agent reports, come to rest before anything is compared.
      await sim.clock.runUntilIdle();
      if (response.ok && request.method !== "GET") await admin.restore();
      return response;
    };
  const headers = { authorization: `Bearer oxide-spoof-${admin.id}` };
  const ensure = async (api: keyof NexusApps, method: string, path: string, body: object): Promise<void> => {
    const version = APIS[api].versions.latest.semver.text;
    const all = { ...headers, "api-version": version, "content-type": "application/json" };
    const request = new Request(`http://nexus${path}`, { method, headers: all, body: JSON.stringify(body) });
    const response = await sendTo(api)(request);
    // Later there may be another thing in its place.
    const isFine = response.ok || (!isFirst && (response.status < 500 || response.status === 507));
    if (!isFine) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
  let isFirst = true;
  const prepare = async (): Promise<void> => {
    // No request takes back that a sled was given up.
    await nexus.store.db.updateTable("sled").set({ policy: "in_service" }).execute();
    for (const [api, method, path, body] of THINGS) await ensure(api, method, path, body);
    isFirst = false;
  };
  await prepare();

  return {
    api: APIS[name],
    app: apps[name],
    send: sendTo(name),
    ...(name === "external" ? { headers, publicOperations: PUBLIC } : { headers: {} }),
    pool: nexusPool(),
    troubles,
    prepare,
    prepareEvery: 25,
    digest: await nexusDigest(nexus),
    async close() {
      await sim.clock.run(() => nexus.sagas.stop({ deadlineMs: 1_000 }));
      await sled.ctx.vmms.close();
      await nexus.store.close();
    },
  };
}

/** For those who are about to log in, and those who no longer are. */
const PUBLIC = ["device_auth_request", "device_access_token", "login_local", "logout", "ping"];

const GIB = 2 ** 30;
const named = { name: "alpha", description: "" };

type Thing = readonly [api: keyof NexusApps, method: string, path: string, body: object];

const SLED_INFO = {
  sa_address: SLED_ADDRESS,
  repo_depot_port: 12_348,
  role: "gimlet",
  baseboard: { serial: "BRM00", part: "913-0000019", revision: 1 },
  usable_hardware_threads: 128,
  usable_physical_ram: 512 * GIB,
  reservoir_size: 400 * GIB,
  cpu_family: "amd_milan",
  generation: 1,
  decommissioned: false,
};

const THINGS: readonly Thing[] = [
  ["internal", "POST", `/sled-agents/${SLED_ID}`, SLED_INFO],
  ["external", "POST", "/v1/projects", named],
  ["external", "POST", "/v1/system/ip-pools", { ...named, ip_version: "v4" }],
  ["external", "POST", "/v1/system/ip-pools/alpha/ranges/add", { first: "10.1.0.0", last: "10.1.0.255" }],
  ["external", "POST", "/v1/system/ip-pools/alpha/silos", { silo: FIRST_SILO, is_default: true }],
  ["external", "POST", "/v1/system/ip-pools", { name: "groups", description: "", pool_type: "multicast" }],
  ["external", "POST", "/v1/system/ip-pools/groups/ranges/add", { first: "224.1.0.0", last: "224.1.0.99" }],
  ["external", "POST", "/v1/system/ip-pools/groups/silos", { silo: FIRST_SILO, is_default: true }],
  ["external", "POST", "/v1/system/ip-pools", { name: "services", description: "", assignment: "system_services" }],
  ["external", "POST", "/v1/me/ssh-keys", { ...named, public_key: "ssh-ed25519 AAAA alpha" }],
  ["external", "POST", "/v1/vpcs?project=alpha", { ...named, dns_name: "alpha" }],
  ["external", "POST", "/v1/vpc-subnets?project=alpha&vpc=alpha", { ...named, ipv4_block: "172.30.64.0/22" }],
  ["external", "POST", "/v1/vpc-routers?project=alpha&vpc=alpha", named],
  ["external", "POST", "/v1/internet-gateways?project=alpha&vpc=alpha", named],
  ["external", "POST", "/v1/floating-ips?project=alpha", named],
  [
    "external",
    "POST",
    "/v1/instances?project=alpha",
    { ...named, hostname: "alpha", ncpus: 1, memory: GIB, network_interfaces: { type: "default_ipv4" } },
  ],
  ["external", "PUT", "/v1/instances/alpha/multicast-groups/alpha?project=alpha", {}],
];

/** Requests may take away the very rights that the next ones need. */
async function keepAdmin({ store: { db } }: NexusContext): Promise<{ id: string; restore(): Promise<void> }> {
  const user = await db
    .selectFrom("silo_user")
    .selectAll()
    .where("external_id", "=", FIRST_USER)
    .executeTakeFirstOrThrow();
  const roles = await db.selectFrom("role_assignment").selectAll().where("identity_id", "=", user.id).execute();
  return {
    id: user.id,
    async restore() {
      const left = await db.selectFrom("role_assignment").selectAll().where("identity_id", "=", user.id).execute();
      const lost = roles.filter(
        (role) => !left.some((each) => each.resource_id === role.resource_id && each.role_name === role.role_name),
      );
      if (lost.length > 0) await db.insertInto("role_assignment").values(lost).execute();
      await db.updateTable("silo_user").set({ time_deleted: null }).where("id", "=", user.id).execute();
    },
  };
}
