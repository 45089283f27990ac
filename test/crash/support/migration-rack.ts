/**
 * Nexus on a file, and two switches with their sled-agents, a process each, without the launcher: Nexus hears of the switches from
 * the sled-agents. VMs have propolis servers of the wanted kind. These and the sled-agents can be killed.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dpdClient } from "@racklet/dpd-client";
import { nexusInternalClient } from "@racklet/nexus-internal-client";
import { nexusLockstepClient } from "@racklet/nexus-internal-client/lockstep";
import { fastDirectory } from "@racklet/store/testing";
import type { RackAddresses } from "../../support/rack.ts";
import { startService, type ServiceProcess } from "../../support/service.ts";
import { beginStory, type Story } from "../../support/story.ts";
import { until } from "../../support/until.ts";

export type PropolisKind = "embedded" | "process";

const MAIN = (app: string): string => fileURLToPath(new URL(`../../../apps/${app}/src/main.ts`, import.meta.url));
const SLEDS = [0, 1] as const;
export const sledId = (n: number): string => `5ed00000-0000-4000-8000-00000000000${n}`;
const underlay = (n: number): string => `fd00:1122:3344:10${n + 1}::1`;

export class MigrationRack {
  readonly rack: RackAddresses;
  readonly story: Story;
  readonly lockstep: ReturnType<typeof nexusLockstepClient>;
  readonly #dataDir: string;
  readonly #kind: PropolisKind;
  /** Nexus and the dpds. */
  readonly #others: readonly ServiceProcess[];
  readonly #sleds: ServiceProcess[];

  private constructor(fields: {
    readonly rack: RackAddresses;
    readonly story: Story;
    readonly dataDir: string;
    readonly kind: PropolisKind;
    readonly others: readonly ServiceProcess[];
    readonly sleds: ServiceProcess[];
  }) {
    this.rack = fields.rack;
    this.story = fields.story;
    this.lockstep = nexusLockstepClient({ baseUrl: fields.rack.nexus.lockstep });
    this.#dataDir = fields.dataDir;
    this.#kind = fields.kind;
    this.#others = fields.others;
    this.#sleds = fields.sleds;
  }

  static async start(kind: PropolisKind): Promise<MigrationRack> {
    const dataDir = await mkdtemp(join(fastDirectory(), "racklet-migration-"));
    const started: ServiceProcess[] = [];
    const keep = (service: ServiceProcess): ServiceProcess => {
      started.push(service);
      return service;
    };
    try {
      const ports = ["external", "internal", "lockstep"].flatMap((listener) => [`--${listener}`, "127.0.0.1:0"]);
      const database = `sqlite:${join(dataDir, "nexus.db")}`;
      const nexus = keep(await startService(MAIN("nexus"), [...ports, "--database", database]));
      const urls = {
        external: nexus.event["url"] ?? "",
        internal: nexus.event["internal"] ?? "",
        lockstep: nexus.event["lockstep"] ?? "",
      };
      const dpds: ServiceProcess[] = [];
      const sleds: ServiceProcess[] = [];
      for (const n of SLEDS) {
        const own = keep(await startService(MAIN("dpd"), ["--listen", "127.0.0.1:0", "--switch", `switch${n}`]));
        dpds.push(own);
        sleds.push(keep(await startSled(n, kind, dataDir, urls.internal, own.url)));
      }
      const internal = nexusInternalClient({ baseUrl: urls.internal });
      const known = () => Promise.all(SLEDS.map((n) => internal.sled_agent_get({ path: { sled_id: sledId(n) } })));
      await until("both sleds are registered", known, () => true);
      const dpd = dpds.map(({ url }, n) => ({ switch: `switch${n}`, url }));
      const rack: RackAddresses = {
        nexus: urls,
        dpd,
        sled_agents: sleds.map(({ url }, n) => ({ id: sledId(n), url, scrimlet: true })),
        dpdClient: (name) => dpdClient({ baseUrl: dpd.find((each) => each.switch === name)?.url ?? "" }),
      };
      return new MigrationRack({ rack, story: await beginStory(rack), dataDir, kind, others: [nexus, ...dpds], sleds });
    } catch (error) {
      await Promise.all(started.map((service) => service.stop()));
      await rm(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  /** SIGKILL, and a new life at once. */
  async killSled(n: number): Promise<void> {
    await kill(this.#sleds[n]);
    this.#sleds[n] = await startSled(
      n,
      this.#kind,
      this.#dataDir,
      this.rack.nexus.internal,
      this.rack.dpd[n]?.url ?? "",
    );
  }

  /** SIGKILL; fine when it has ended by itself just now. Only where VMs have processes. */
  async killPropolis(sled: number, vmmId: string): Promise<void> {
    const record = JSON.parse(await readFile(join(this.#dataDir, `${sled}`, "vmms", `${vmmId}.json`), "utf8")) as {
      readonly process?: { readonly pid: number };
    };
    if (record.process === undefined) throw new Error(`VMM ${vmmId} has no process of its own`);
    try {
      process.kill(record.process.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  /** The entries of the NAT table that are in force. */
  async nat(): Promise<{ readonly external: string; readonly sled: number }[]> {
    const internal = nexusInternalClient({ baseUrl: this.rack.nexus.internal });
    const changes = await internal.ipv4_nat_changeset({ path: { from_gen: 0 }, query: { limit: 10_000 } });
    const live = new Map<string, string>();
    for (const { external_address, first_port, sled_address, deleted } of changes) {
      const key = `${external_address} ${first_port}`;
      if (deleted) live.delete(key);
      else live.set(key, sled_address);
    }
    return [...live].map(([external, address]) => ({
      external,
      sled: SLEDS.findIndex((n) => underlay(n) === address),
    }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sleds.map((sled) => sled.stop()));
    await Promise.all(this.#others.map((service) => service.stop()));
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}

function startSled(
  n: number,
  kind: PropolisKind,
  dataDir: string,
  nexus: string,
  dpd: string,
): Promise<ServiceProcess> {
  const own = ["--sled-id", sledId(n), "--underlay", underlay(n), "--data", join(dataDir, `${n}`)];
  const scrimlet = ["--scrimlet", "--dpd", dpd];
  const vms = ["--propolis", kind, "--boot-ms", "10"];
  return startService(MAIN("sled-agent"), ["--listen", "[::1]:0", "--nexus", nexus, ...own, ...scrimlet, ...vms]);
}

async function kill(service: ServiceProcess | undefined): Promise<void> {
  if (service === undefined) throw new Error("there is no such service");
  const gone = new Promise((resolve) => service.child.once("exit", resolve));
  service.child.kill("SIGKILL");
  await gone;
}
