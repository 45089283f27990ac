/** Everything the handlers of one propolis server need, wired together. */
import { formatHostPort } from "@racklet/api-kit";
import type { World } from "@racklet/world";
import type { PropolisConfig } from "./config.ts";
import { checkShape } from "./http/spec-shape.ts";
import { Upgrades } from "./http/upgrades.ts";
import { MigrationTarget } from "./migrate/target.ts";
import { MockVm } from "./mock/mock-vm.ts";
import type { Dial } from "./net/dial.ts";
import { dialIn } from "./net/websocket.ts";
import { VmHolder } from "./vm/holder.ts";

export interface PropolisContext {
  readonly config: PropolisConfig;
  readonly world: World;
  readonly vms: VmHolder;
  readonly upgrades: Upgrades;
  /** Takes the place of `vms` in mode `mock`, else undefined. */
  readonly mock: MockVm | undefined;
  /** Tells where the server is reached; the configured address until then. */
  listening(port: number): void;
  /** Ends the VM, whatever it is doing. */
  close(): void;
}

export interface PropolisOverrides {
  /** Reaches the source of a migration. */
  readonly dial?: Dial;
}

export function createContext(
  config: PropolisConfig,
  world: World,
  overrides: PropolisOverrides = {},
): PropolisContext {
  const features = new Set(config.features);
  let address = formatHostPort(config.listen.host, config.listen.port);
  const vms = new VmHolder({
    world,
    features,
    timing: config.timing,
    openMigration: (request, monitor) =>
      new MigrationTarget({
        world,
        features,
        request,
        checkShape,
        monitor,
        dial: overrides.dial ?? dialIn(world),
        address: () => address,
      }),
  });
  const mock = config.mode === "mock" ? new MockVm() : undefined;
  return {
    config,
    world,
    vms,
    upgrades: new Upgrades(),
    mock,
    listening: (port) => (address = formatHostPort(config.listen.host, port)),
    close: () => {
      vms.close();
      mock?.close();
    },
  };
}
