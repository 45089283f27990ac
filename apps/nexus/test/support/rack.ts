/**
 * A Nexus with sled-agents that are fakes behind their real API, all in one process and without sockets: a project, pools and
 * sleds are there. Background tasks run when the test says so.
 */
import { responseValidators as internal } from "@racklet/api-types/gen/nexus-internal.response-validators.js";
import { responseValidators as lockstep } from "@racklet/api-types/gen/nexus-lockstep.response-validators.js";
import { responseValidators as external } from "@racklet/api-types/gen/nexus.response-validators.js";
import type { StoreLeg } from "@racklet/store/testing";
import { realWorld, type World } from "@racklet/world";
import { DEFAULT_CONFIG } from "../../src/config.ts";
import { contextOn, createContext, type NexusContext } from "../../src/context.ts";
import { migrations } from "../../src/db/migrations.ts";
import type { NexusTables } from "../../src/db/schema.ts";
import { FIRST_USER, populate } from "../../src/populate/populate.ts";
import { createApps, type NexusApps } from "../../src/server.ts";
import { allTasks } from "../../src/tasks/all.ts";
import { cheapPasswords } from "../../src/testing.ts";
import { FakeSledAgent } from "./fake-sled-agent.ts";
import { spoof, type Answer, type Json } from "./nexus.ts";

export interface Rack {
  readonly nexus: NexusContext;
  readonly sleds: readonly FakeSledAgent[];
  readonly sledIds: readonly string[];
  readonly siloId: string;
  readonly projectId: string;
  call(
    method: string,
    path: string,
    body?: object,
    options?: { version?: string; api?: keyof NexusApps },
  ): Promise<Answer>;
  /** As `call`; throws with the answer unless it is a success. */
  ok(method: string, path: string, body?: object, options?: { version?: string; api?: keyof NexusApps }): Promise<Json>;
  /** Reports are delivered, sagas done. */
  settled(): Promise<void>;
  /** What Nexus hears of a sled-agent that has started again: its record, by the next generation. */
  startedAgain(sled: number): Promise<void>;
  /** One pass of the task; its details. `timeout`: as the period brings it. */
  pass(task: string, reason?: "signaled" | "timeout"): Promise<Json>;
  /** The live NAT entries: `address first-last -> sled vni mac`. */
  nat(): Promise<string[]>;
  close(): Promise<void>;
}

export interface RackOptions {
  readonly sleds?: number;
  readonly threads?: number;
  /** Default: SQLite in memory. */
  readonly leg?: StoreLeg;
}

export const GIB = 2 ** 30;

export const smallInstance = (name: string, more: object = {}): object => ({
  name,
  description: `the ${name}`,
  hostname: name,
  ncpus: 2,
  memory: GIB,
  ...more,
});

export async function startRack({ sleds: count = 2, threads = 16, leg }: RackOptions = {}): Promise<Rack> {
  const agents = new Map<string, FakeSledAgent>();
  const real = realWorld({ name: "nexus" });
  const world: World = {
    ...real,
    fetch: async (request) => {
      const agent = agents.get(new URL(request.url).host);
      if (agent === undefined) throw new TypeError(`nobody listens at ${request.url}`);
      return agent.fetch(request);
    },
  };
  const config = { ...DEFAULT_CONFIG, database: "sqlite::memory:", allowSpoof: true };
  const nexus =
    leg === undefined
      ? await createContext(config, world, cheapPasswords(world))
      : contextOn(await leg.open<NexusTables>({ migrations, world }), config, world, cheapPasswords(world));
  await populate(nexus);
  const apps = createApps(nexus, { responseValidators: { external, internal, lockstep } });
  const user = await nexus.store.db
    .selectFrom("silo_user")
    .select(["id", "silo_id"])
    .where("external_id", "=", FIRST_USER)
    .executeTakeFirstOrThrow();

  const call: Rack["call"] = async (method, path, body, options = {}) => {
    const headers = new Headers();
    const api = options.api ?? "external";
    if (api === "external") headers.set("authorization", `Bearer ${spoof(user.id)}`);
    if (api === "internal") headers.set("api-version", "1.0.0");
    if (options.version !== undefined) headers.set("api-version", options.version);
    if (body !== undefined) headers.set("content-type", "application/json");
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await apps[api].fetch(new Request(`http://nexus.test${path}`, init));
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  };
  const ok: Rack["ok"] = async (method, path, body, options) => {
    const answer = await call(method, path, body, options);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  const sledIds: string[] = [];
  const sleds: FakeSledAgent[] = [];
  for (let i = 0; i < count; i++) {
    const id = world.ids.uuid();
    const address = `[fd00:1122:3344:${(i + 0x101).toString(16)}::1]:12345`;
    const agent = new FakeSledAgent(world, async (vmm, body) => {
      await ok("PUT", `/vmms/${vmm}`, body, { api: "internal" });
    });
    agents.set(address, agent);
    sleds.push(agent);
    agent.peers = sleds;
    sledIds.push(id);
    await ok("POST", `/sled-agents/${id}`, sledInfo(i, address, threads), { api: "internal" });
  }

  const { id: projectId } = await ok("POST", "/v1/projects", { name: "p", description: "" });
  await addPool(ok, user.silo_id, "pool4", "10.1.0.0", "10.1.0.255");
  await addPool(ok, user.silo_id, "pool6", "fd10::", "fd10::ff");

  return {
    nexus,
    sleds,
    sledIds,
    siloId: user.silo_id,
    projectId,
    call,
    ok,
    async startedAgain(sled) {
      const path = `/sled-agents/${sledIds[sled]}`;
      const record = await ok("GET", path, undefined, { api: "internal" });
      await ok("POST", path, { ...record, generation: record.generation + 1 }, { api: "internal" });
    },
    async settled() {
      do {
        for (const sled of sleds) await sled.settled();
        await world.timers.yield();
      } while (nexus.sagas.running > 0);
    },
    async pass(task, reason = "signaled") {
      const found = allTasks(nexus).find(({ name }) => name === task);
      if (found === undefined) throw new Error(`there is no task ${task}`);
      return found.run({ iteration: 1, reason, signal: new AbortController().signal });
    },
    async nat() {
      const rows = await nexus.store.db
        .selectFrom("nat_entry")
        .selectAll()
        .where("version_removed", "is", null)
        .orderBy("address_sort")
        .orderBy("first_port")
        .execute();
      return rows.map(
        (row) =>
          `${row.external_address} ${row.first_port}-${row.last_port} -> ${row.sled_address} ${row.vni} ${row.mac}`,
      );
    },
    async close() {
      await nexus.sagas.stop({ deadlineMs: 1_000 });
      await nexus.store.close();
    },
  };
}

function sledInfo(i: number, address: string, threads: number): object {
  return {
    sa_address: address,
    repo_depot_port: 12_348,
    role: i < 2 ? "scrimlet" : "gimlet",
    baseboard: { serial: `BRM0${i}`, part: "913-0000019", revision: 1 },
    usable_hardware_threads: threads,
    usable_physical_ram: 64 * GIB,
    reservoir_size: 48 * GIB,
    cpu_family: "amd_milan",
    generation: 1,
    decommissioned: false,
  };
}

async function addPool(ok: Rack["ok"], siloId: string, name: string, first: string, last: string): Promise<void> {
  const version = first.includes(":") ? "v6" : "v4";
  await ok("POST", "/v1/system/ip-pools", { name, description: "", ip_version: version });
  await ok("POST", `/v1/system/ip-pools/${name}/ranges/add`, { first, last });
  await ok("POST", `/v1/system/ip-pools/${name}/silos`, { silo: siloId, is_default: true });
}
