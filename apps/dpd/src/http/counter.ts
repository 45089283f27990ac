/** Counters that belong to no table. */
import type { counterOperations } from "@racklet/api-types/dpd/operations/counter";
import type { DpdContext } from "../context.ts";
import { COUNTERS, DROP_REASONS, SERVICES, getCounter, type CounterDecl } from "../counter/catalogue.ts";
import type { DpdHandlers } from "./handlers.ts";

export const counterHandlers: DpdHandlers<typeof counterOperations> = {
  counter_list: () => COUNTERS.map(({ name }) => name),
  counter_get: (ctx, { params }) => {
    const counter = getCounter(params.counter);
    ctx.switch.requireAsic();
    return labelsOf(ctx, counter).map((label) => ({
      keys: { label },
      data: { pkts: 0, bytes: counter.bytes ? 0 : null },
    }));
  },
  counter_reset: (ctx, { params }) => {
    getCounter(params.counter);
    ctx.switch.requireAsic();
  },
  link_up_counters_list: ({ ports, history }) =>
    ports.listAllLinks().map(({ portId, linkId }) => ({
      link_path: `${portId}/${linkId}`,
      ...history.linkUps(portId, linkId),
    })),
  link_up_counters_get: ({ ports, history }, { params: { port_id, link_id } }) => {
    ports.getLink(port_id, link_id);
    return { link_path: `${port_id}/${link_id}`, ...history.linkUps(port_id, link_id) };
  },
  link_fsm_counters_get: ({ ports, history }, { params: { port_id, link_id } }) => {
    ports.getLink(port_id, link_id);
    const counters = history.states(port_id, link_id).map(([state, count]) => ({ state_name: state, ...count }));
    return { link_path: `${port_id}/${link_id}`, counters };
  },
};

/** A software switch counts nothing: what is listed is what a switch that has seen no packet lists. */
function labelsOf({ ports }: DpdContext, { index }: CounterDecl): readonly string[] {
  switch (index) {
    case "service":
      return SERVICES;
    case "reason":
      return DROP_REASONS;
    case "port":
      return ports.listAllLinks().map(({ portId, linkId }) => `${portId}/${linkId}`);
    case "packet":
      return [];
  }
}
