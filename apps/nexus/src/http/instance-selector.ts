import type { RequestInfo } from "@racklet/api-kit";
import { authenticate } from "../authn/authenticate.ts";
import type { Action } from "../authz/authorize.ts";
import type { NexusContext } from "../context.ts";
import { lookupInstance } from "../instance/lookup.ts";
import type { InstanceRecord } from "../instance/record.ts";
import { childSelector, IN_PROJECT, type Selector } from "../lookup/selector.ts";

export interface OneInstance {
  readonly params: { readonly instance: Selector };
  readonly query: { readonly project?: Selector | undefined };
  readonly request: RequestInfo;
}

/** The instance that a request's path and `project` name, which the caller may do `action` to. */
export async function requestedInstance(
  nexus: NexusContext,
  { params, query, request }: OneInstance,
  action: Action,
): Promise<InstanceRecord> {
  const op = await authenticate(nexus, request);
  return lookupInstance(nexus, op, childSelector(params.instance, [query.project], IN_PROJECT.instance), action);
}
