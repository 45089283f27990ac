/**
 * What a rack at rest must hold, said a second time and from the database alone: nothing of Nexus' own planning is used. Every
 * function answers a text per difference; none means that all is well.
 */
import { multicastDifferences } from "./multicast-expectations.ts";
import { setDifference, sledsInService, view } from "./observe.ts";
import { SWITCHES, type SimRack } from "./rack.ts";

export async function differences(rack: SimRack, { multicast }: { readonly multicast: boolean }): Promise<string> {
  const waiting = await unfinished(rack);
  if (waiting.length > 0) return waiting.join("\n");
  const found = [
    ...(await natDifferences(rack)),
    ...(await portDifferences(rack)),
    ...(multicast ? await multicastDifferences(rack) : []),
  ];
  return found.join("\n");
}

/** Sagas, instances and addresses that are between two states, and what nobody owns. */
async function unfinished({ store: { db } }: SimRack): Promise<string[]> {
  const sagas = await db
    .selectFrom("saga")
    .select(["name", "state"])
    .where("state", "not in", ["done", "unwound"])
    .execute();
  const instances = await db
    .selectFrom("instance")
    .leftJoin("vmm", "vmm.id", "instance.active_propolis_id")
    .select(["instance.name", "instance.state", "vmm.state as vmm", "instance.updater_id", "instance.migration_id"])
    .where("instance.time_deleted", "is", null)
    .execute();
  const rest = instances.filter(
    ({ state, vmm, updater_id: updater, migration_id: migration }) =>
      updater !== null ||
      migration !== null ||
      !(state === "no_vmm" || state === "failed" || (state === "vmm" && vmm === "running")),
  );
  const addresses = await db
    .selectFrom("external_ip")
    .leftJoin("instance", "instance.id", "external_ip.parent_id")
    .select(["external_ip.ip", "external_ip.state", "external_ip.parent_id", "instance.time_deleted"])
    .where("external_ip.time_deleted", "is", null)
    .execute();
  const lost = addresses.filter(
    ({ state, parent_id: parent, time_deleted: gone }) =>
      !(state === "detached" && parent === null) && !(state === "attached" && parent !== null && gone === null),
  );
  const room = await db
    .selectFrom("sled_resource_vmm")
    .leftJoin("instance", "instance.active_propolis_id", "sled_resource_vmm.vmm_id")
    .select(["vmm_id", "instance.id"])
    .execute();
  return [
    ...sagas.map(({ name, state }) => `saga ${name} is ${state}`),
    ...rest.map((row) => `instance ${JSON.stringify(row)}`),
    ...lost.map((row) => `external IP ${JSON.stringify(row)}`),
    ...room.filter(({ id }) => id === null).map(({ vmm_id: vmm }) => `VMM ${vmm} takes room and nobody has it`),
  ];
}

/** Of every running instance with a primary NIC: each attached address, in the ASICs of both switches, and nothing else. */
async function natDifferences(rack: SimRack): Promise<string[]> {
  const rows = await rack.store.db
    .selectFrom("instance")
    .innerJoin("vmm", "vmm.id", "instance.active_propolis_id")
    .innerJoin("sled", "sled.id", "vmm.sled_id")
    .innerJoin("network_interface as nic", "nic.instance_id", "instance.id")
    .innerJoin("vpc", "vpc.id", "nic.vpc_id")
    .innerJoin("external_ip as address", "address.parent_id", "instance.id")
    .select(["address.ip", "address.first_port", "address.last_port", "sled.underlay_address", "nic.mac", "vpc.vni"])
    .where("nic.is_primary", "=", 1)
    .where("nic.time_deleted", "is", null)
    .where("address.time_deleted", "is", null)
    .where("address.state", "=", "attached")
    .execute();
  const wanted = rows.map(
    (row) => `${row.ip} ${row.first_port}-${row.last_port} → ${row.underlay_address} ${row.mac} ${row.vni}`,
  );
  const found: string[] = [];
  for (const name of SWITCHES) {
    const dpd = rack.dpd(name);
    const held: string[] = [];
    for (const family of ["ipv4", "ipv6"]) {
      const path = { table: `Ingress.nat_ingress.ingress_${family}` };
      const { entries } = await dpd.table_dump({ path, query: { from_hardware: true } });
      for (const { keys, action_args: to } of entries) {
        held.push(`${keys["dst_addr"]} ${keys["ports"]} → ${to["target"]} ${to["inner_mac"]} ${to["vni"]}`);
      }
    }
    found.push(...setDifference(`NAT of ${name}`, wanted, held));
  }
  return found;
}

/** A port for every NIC of every VMM, on its own sled only. */
async function portDifferences(rack: SimRack): Promise<string[]> {
  const rows = await rack.store.db
    .selectFrom("vmm")
    .innerJoin("instance", "instance.active_propolis_id", "vmm.id")
    .innerJoin("network_interface as nic", "nic.instance_id", "instance.id")
    .select(["vmm.id", "vmm.sled_id", "nic.mac"])
    .where("nic.time_deleted", "is", null)
    .execute();
  const found: string[] = [];
  for (const [index, sledId] of await sledsInService(rack)) {
    const ports = await view<{ propolis_id: string; mac: string }>(rack, index, "ports");
    const wanted = rows.filter((row) => row.sled_id === sledId).map(({ id, mac }) => `${id} ${mac}`);
    const held = ports.map(({ propolis_id: id, mac }) => `${id} ${mac}`);
    found.push(...setDifference(`ports of sled ${index}`, wanted, held));
  }
  return found;
}

/** Breaches of OPTE's own invariants. */
export async function brokenInvariants(rack: SimRack): Promise<string> {
  const views = await Promise.all(rack.sledIds.map((_, index) => view<unknown>(rack, index, "violations")));
  return views.flatMap((found, index) => found.map((each) => `sled ${index}: ${JSON.stringify(each)}`)).join("\n");
}
