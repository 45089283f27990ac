/** What tests of multicast do over and over: pools, instances without interfaces, joins and leaves in project `p`. */
import type { Answer, Json, TestNexus } from "./nexus.ts";

export interface Groups {
  /** A multicast pool of one range, linked to the silo; its id. */
  pool(name: string, first: string, last: string, isDefault?: boolean): Promise<string>;
  /** A stopped instance. */
  instance(name: string, more?: object): Promise<Json>;
  join(instance: string, group: string, body?: object): Promise<Answer>;
  /** The member; throws unless the join is a success. */
  joined(instance: string, group: string, body?: object): Promise<Json>;
  leave(instance: string, group: string): Promise<Answer>;
  names(): Promise<string[]>;
}

export const SMALL = { description: "", ncpus: 1, memory: 2 ** 30, network_interfaces: { type: "none" }, start: false };

export async function groups(t: TestNexus): Promise<Groups> {
  await t.ok("POST", "/v1/projects", { name: "p", description: "" });
  const membership = (instance: string, group: string) =>
    `/v1/instances/${instance}/multicast-groups/${group}?project=p`;
  const join: Groups["join"] = (instance, group, body = {}) => t.call("PUT", membership(instance, group), body);
  return {
    async pool(name, first, last, isDefault = false) {
      const path = "/v1/system/ip-pools";
      const ip_version = first.includes(":") ? "v6" : "v4";
      const { id } = await t.ok("POST", path, { name, description: "", ip_version, pool_type: "multicast" });
      await t.ok("POST", `${path}/${name}/ranges/add`, { first, last });
      await t.ok("POST", `${path}/${name}/silos`, { silo: "test-suite-silo", is_default: isDefault });
      return id;
    },
    instance: (name, more = {}) => t.ok("POST", "/v1/instances?project=p", { ...SMALL, name, hostname: name, ...more }),
    join,
    async joined(instance, group, body) {
      const answer = await join(instance, group, body);
      if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    leave: (instance, group) => t.call("DELETE", membership(instance, group)),
    names: async () => (await t.ok("GET", "/v1/multicast-groups")).items.map(({ name }: Json) => name),
  };
}
