/** OPTE's state on this sled. */
import { modelEngine, type Engine } from "./engine.ts";
import { ForwardingTable } from "./forwarding.ts";
import { M2pTable } from "./m2p.ts";
import { Ports } from "./ports.ts";
import { Probes } from "./probes.ts";
import { V2pTable } from "./v2p.ts";

export interface Opte {
  readonly ports: Ports;
  readonly probes: Probes;
  readonly v2p: V2pTable;
  readonly m2p: M2pTable;
  readonly forwarding: ForwardingTable;
}

export function createOpte(engine: Engine = modelEngine()): Opte {
  const ports = new Ports(engine);
  return {
    ports,
    probes: new Probes(ports),
    v2p: new V2pTable(),
    m2p: new M2pTable(),
    forwarding: new ForwardingTable(),
  };
}
