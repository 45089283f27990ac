/** Everything the handlers of one sled-agent need, wired together. */
import { join } from "node:path";
import { formatHostPort } from "@racklet/api-kit";
import type { World } from "@racklet/world";
import type { SledAgentConfig } from "./config.ts";
import { nexusOverHttp } from "./nexus/client.ts";
import type { Nexus } from "./nexus/nexus.ts";
import type { Engine } from "./opte/engine.ts";
import { createOpte, type Opte } from "./opte/index.ts";
import { propolisBackends } from "./propolis/backend.ts";
import { childEnv } from "./propolis/child-env.ts";
import { recordsDir } from "./propolis/leftovers.ts";
import { propolisHost } from "./propolis-host.ts";
import { Registrar } from "./registration/registrar.ts";
import { createScrimlet, type Scrimlet } from "./scrimlet/index.ts";
import { NetworkConfigStore } from "./scrimlet/network-config.ts";
import { networkConfigAt } from "./scrimlet/network-config-file.ts";
import { SimVmms } from "./sim/sim-vmms.ts";
import { SIZE, gimletBaseboard, switchBaseboard, type Sled } from "./sled/sled.ts";
import type { VmmBackends } from "./vmm/backend.ts";
import { VmmManager } from "./vmm/manager.ts";
import { noRecords, recordsIn, type VmmRecords } from "./vmm/records.ts";
import type { Vmms } from "./vmm/types.ts";

export interface SledAgentContext {
  readonly config: SledAgentConfig;
  readonly world: World;
  readonly sled: Sled;
  readonly nexus: Nexus;
  readonly opte: Opte;
  readonly vmms: Vmms;
  readonly networkConfig: NetworkConfigStore;
  readonly scrimlet: Scrimlet;
  /** The same as `vmms` in mode `sim`, else undefined. */
  readonly simVmms: SimVmms | undefined;
  /** `[IPV6]:PORT`; the configured one until `listening`. */
  listenAddress(): string;
  /** Undefined until `listening`. */
  registrar(): Registrar | undefined;
  /** Tells where the API can be reached; the answer keeps Nexus told. */
  listening(port: number): Registrar;
}

export interface SledAgentOverrides {
  readonly nexus?: Nexus;
  /** What drives the VMs in mode `real`. */
  readonly backends?: VmmBackends;
  /** What is kept of VMMs for another life. */
  readonly records?: VmmRecords;
  /** What the ports are made in. */
  readonly engine?: Engine;
}

export function createContext(
  config: SledAgentConfig,
  world: World,
  overrides: SledAgentOverrides = {},
): SledAgentContext {
  const sled: Sled = {
    sledId: config.sledId,
    rackId: config.rackId,
    role: config.scrimlet ? "scrimlet" : "gimlet",
    baseboard: gimletBaseboard(config.serial),
  };
  const nexus = overrides.nexus ?? nexusOverHttp(config.nexus, world);
  const opte = createOpte(overrides.engine);
  const networkConfig = new NetworkConfigStore(
    config.dataDir === undefined ? undefined : networkConfigAt(join(config.dataDir, "network-config.json"), world.log),
  );
  const backends = overrides.backends ?? propolisBackends(propolisHost(config, world, childEnv(process.env)), world);
  const records =
    overrides.records ?? (config.dataDir === undefined ? noRecords : recordsIn(recordsDir(config.dataDir), world.log));
  const simVmms = config.mode === "sim" ? new SimVmms(world, nexus, opte.ports.routers) : undefined;
  let address = formatHostPort(config.listen.host, config.listen.port);
  let registrar: Registrar | undefined;
  return {
    config,
    world,
    sled,
    nexus,
    opte,
    vmms: simVmms ?? new VmmManager({ world, nexus, backends, ports: opte.ports, records, sled }),
    simVmms,
    networkConfig,
    scrimlet: createScrimlet(config, world, networkConfig),
    listenAddress: () => address,
    registrar: () => registrar,
    listening: (port) => {
      address = formatHostPort(config.listen.host, port);
      registrar = new Registrar(registrationOf({ config, world, sled, nexus }, address, port));
      return registrar;
    },
  };
}

function registrationOf(
  { config, world, sled, nexus }: Pick<SledAgentContext, "config" | "world" | "sled" | "nexus">,
  address: string,
  port: number,
) {
  const { sledId, rackId, role, baseboard } = sled;
  return {
    world,
    nexus,
    sledId,
    description: {
      address,
      underlayAddress: config.underlay,
      dpdUrl: config.dpd,
      // There is no repo depot; upstream's record has a port for one.
      repoDepotPort: port,
      role,
      baseboard,
      ...SIZE,
    },
    // A switch has no id of its own here: it is the one of this sled.
    switch: config.scrimlet ? { id: sledId, rackId, baseboard: switchBaseboard(sled) } : undefined,
  };
}
