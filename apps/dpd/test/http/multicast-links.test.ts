/** Multicast on the links that dpd itself keeps. */
import { expect, test } from "vitest";
import { startHarness } from "./support/harness.ts";
import { EXTERNAL, external, GROUPS, member, UNDERLAY } from "./support/multicast.ts";

const create = { speed: "Speed100G", fec: "RS" };
const dumpOf = "dump?from_hardware=true";

async function withLinks() {
  const { call } = startHarness();
  const ok = async (status: number, operation: string, body?: unknown) => {
    const answer = await call(operation, body === undefined ? {} : { body });
    expect({ operation, status: answer.status, body: answer.body }).toMatchObject({ status });
    return answer.body;
  };
  for (const port of ["rear5", "qsfp5"]) await ok(201, `POST /ports/${port}/links`, create);
  const dump = async (table: string) =>
    ((await ok(200, `GET /table/${table}/${dumpOf}`)) as { entries: { keys: object; action_args: object }[] }).entries;
  return { ok, dump };
}

test("the bit of a member is the number that its link has in the pipeline, another one for each port", async () => {
  const { ok, dump } = await withLinks();
  const numbers = new Map<string, number>();
  for (const { keys, action_args: args } of await dump("Egress.mcast_egress.asic_id_to_port")) {
    numbers.set(Object.values(keys).join(), Number(Object.values(args).join()));
  }
  expect(new Set(numbers.values()).size).toBe(2);
  for (const [i, port] of ["rear5", "qsfp5"].entries()) {
    const { asic_id: asicId } = (await ok(200, `GET /ports/${port}/links/0`)) as { asic_id: number };
    const number = numbers.get(String(asicId)) ?? -1;
    const body = { group_ip: `ff04::${i + 1}`, members: [member(port, "External")] };
    const { external_group_id: id } = (await ok(201, `POST ${UNDERLAY}`, body)) as { external_group_id: number };
    const decap = (await dump("Egress.mcast_egress.tbl_decap_ports")).find(
      ({ keys }) => Object.values(keys).join() === String(id),
    );
    expect(decap?.action_args).toMatchObject({ [`ports_${number >> 5}`]: String((1 << (number & 31)) >>> 0) });
  }
});

test("a port or link that is not there is 404, one that comes later is a member then", async () => {
  const { ok } = await withLinks();
  const body = { group_ip: "ff04::1", tag: "t", members: [member("rear5", "Underlay"), member("rear6", "Underlay")] };
  await ok(404, `POST ${UNDERLAY}`, body);
  await ok(404, `POST ${UNDERLAY}`, { ...body, members: [member("rear5", "Underlay", 1)] });
  await ok(201, "POST /ports/rear6/links", create);
  await ok(201, `POST ${UNDERLAY}`, body);
});

test("clearing all settings clears multicast too but no link, clearing those of a tag does not", async () => {
  const { ok } = await withLinks();
  await ok(201, `POST ${UNDERLAY}`, { group_ip: "ff04::1", tag: "t", members: [member("rear5", "Underlay")] });
  await ok(201, `POST ${EXTERNAL}`, external("239.1.1.1", { tag: "t" }));
  await ok(204, "DELETE /all-settings/t");
  expect(await ok(200, `GET ${GROUPS}`)).toMatchObject({ items: [{ tag: "t" }, { tag: "t" }] });
  await ok(204, "DELETE /all-settings");
  expect(await ok(200, "GET /links")).toMatchObject([{ port_id: "rear5" }, { port_id: "qsfp5" }]);
  expect(await ok(200, `GET ${GROUPS}`)).toEqual({ items: [], next_page: null });
  expect(await ok(200, `GET /table/Ingress.mcast_ingress.mcast_replication_ipv6/${dumpOf}`)).toMatchObject({
    entries: [],
  });
});
