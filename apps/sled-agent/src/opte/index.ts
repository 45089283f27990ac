/** OPTE's state on this sled. */
import { Ports } from "./ports.ts";
import { V2pTable } from "./v2p.ts";

export interface Opte {
  readonly ports: Ports;
  readonly v2p: V2pTable;
}

export const createOpte = (): Opte => ({ ports: new Ports(), v2p: new V2pTable() });
