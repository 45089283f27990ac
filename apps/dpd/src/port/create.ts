/** Ports and loopbacks of one switch: two domains over the same tables, one lock and one writer. */
import { DomainWriter } from "../asic/index.ts";
import type { WriterContext } from "../asic/index.ts";
import { Loopbacks } from "../loopback/loopbacks.ts";
import { AddressOwners } from "./address.ts";
import { Links } from "./links.ts";
import { Ports } from "./ports.ts";

export function createPorts(context: WriterContext): { readonly ports: Ports; readonly loopbacks: Loopbacks } {
  const writer = new DomainWriter(context, "port");
  const owners = new AddressOwners();
  return {
    ports: new Ports(context, new Links(context, writer, owners)),
    loopbacks: new Loopbacks(context, writer, owners),
  };
}
