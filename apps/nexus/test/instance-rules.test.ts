import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { emptyRack } from "./support/rack-rows.ts";
import { GIB, smallInstance, startRack, type Rack } from "./support/rack.ts";

let rack: Rack;
beforeAll(async () => {
  rack = await startRack();
});
afterAll(() => rack.close());
beforeEach(() => emptyRack(rack));

const at = (version: string | undefined) => (version === undefined ? {} : { version });

const create = (more: object = {}, version?: string) =>
  rack.call("POST", "/v1/instances?project=p", smallInstance("web", { start: false, ...more }), at(version));
const act = (verb: string) => rack.call("POST", `/v1/instances/web/${verb}?project=p`);
const view = () => rack.ok("GET", "/v1/instances/web?project=p");
const vmm = () => {
  for (const sled of rack.sleds) for (const id of sled.vmms.keys()) return { sled, id };
  throw new Error("no sled has a VMM");
};
const become = async (state: "stopping" | "destroyed" | "failed") => {
  const { sled, id } = vmm();
  sled.change(id, state);
  await rack.settled();
};
const start = async () => {
  expect((await act("start")).status).toBe(202);
  await rack.settled();
};

const auto = { type: "auto" };
const nic = (name: string, more: object = {}) => ({
  name,
  description: "",
  vpc_name: "default",
  subnet_name: "default",
  ...more,
});
const ephemeral = (pool_selector: object) => ({ type: "ephemeral", pool_selector });

describe("creating an instance is refused, and leaves nothing, when", () => {
  it.each<[string, object, number, string]>([
    ["it has no CPU", { ncpus: 0 }, 400, 'unsupported value for "ncpus"'],
    ["it has too many CPUs", { ncpus: 255 }, 400, "cannot have more than 254 vCPUs per instance"],
    [
      "it has too little memory",
      { memory: GIB / 2 },
      400,
      'unsupported value for "size": memory must be at least 1 GiB',
    ],
    ["its memory is no whole GiB", { memory: GIB + 1 }, 400, "divisible by 1 GiB"],
    ["it has too much memory", { memory: 1537 * GIB }, 400, "less than or equal to 1536 GiB"],
    ["its host name has an underscore", { hostname: "bad_name" }, 400, "hostname: Hostnames must comply with RFC 1035"],
    ["its user data are not base64", { user_data: "?" }, 400, 'unsupported value for "user_data"'],
    ["its user data are too long", { user_data: "AAAA".repeat(11_000) }, 400, "at most 32768 bytes, has 33000"],
    ["it has disks", { disks: [{}] }, 400, "disks are not served"],
    ["it has a boot disk", { boot_disk: {} }, 400, "disks are not served"],
    ["there is no pool for its groups", { multicast_groups: [{ group: "g" }] }, 400, "No ASM multicast pool linked"],
    ["it is kept apart from others", { anti_affinity_groups: ["a"] }, 400, "anti-affinity groups are not served"],
    ["its name is a UUID", { name: "001de000-05e4-4000-8000-000000004007" }, 400, "unable to parse JSON body"],
    ["it has an unknown SSH key", { ssh_public_keys: ["nokey"] }, 404, 'not found: ssh-key with name "nokey"'],
    [
      "its VPC does not exist",
      { network_interfaces: { type: "create", params: [nic("a", { vpc_name: "nope" })] } },
      404,
      'not found: vpc with name "nope"',
    ],
    [
      "it has two interfaces in one subnet",
      { network_interfaces: { type: "create", params: [nic("a"), nic("b")] } },
      400,
      "distinct VPC Subnet",
    ],
    [
      "it has nine interfaces",
      { network_interfaces: { type: "create", params: [..."abcdefghi"].map((name) => nic(name)) } },
      400,
      "may not have more than 8 network interfaces",
    ],
    [
      "it asks for a reserved address",
      {
        network_interfaces: {
          type: "create",
          params: [nic("a", { ip_config: { type: "v4", value: { ip: { type: "explicit", value: "172.30.0.4" } } } })],
        },
      },
      400,
      "'172.30.0.4' is reserved by the system",
    ],
    [
      "it asks for an address outside its subnet",
      {
        network_interfaces: {
          type: "create",
          params: [nic("a", { ip_config: { type: "v4", value: { ip: { type: "explicit", value: "10.0.0.9" } } } })],
        },
      },
      400,
      "not in the VPC subnet's block 172.30.0.0/22",
    ],
    [
      "it has three ephemeral IPs",
      { external_ips: Array.from({ length: 3 }, () => ephemeral(auto)) },
      400,
      "more than 2 ephemeral",
    ],
    [
      "it has two ephemeral IPs and does not say which",
      { external_ips: [ephemeral(auto), ephemeral(auto)] },
      400,
      "IP version or explicit pool name must be specified on each",
    ],
    [
      "it has two ephemeral IPs of one version",
      { external_ips: Array.from({ length: 2 }, () => ephemeral({ type: "auto", ip_version: "v4" })) },
      400,
      "cannot request two ephemeral IPs of the same version (v4)",
    ],
    [
      "it has two ephemeral IPs from one pool",
      { external_ips: Array.from({ length: 2 }, () => ephemeral({ type: "explicit", pool: "pool4" })) },
      400,
      "cannot request two ephemeral IPs from the same pool",
    ],
    [
      "it has two ephemeral IPs of one version, one of them by the name of the pool",
      { external_ips: [ephemeral({ type: "explicit", pool: "pool4" }), ephemeral({ type: "auto", ip_version: "v4" })] },
      400,
      "cannot request two ephemeral IPs of the same version (v4)",
    ],
    ...(
      [
        ["10.0.0.1/8", "transit IP block 10.0.0.1/8 has a non-zero host identifier"],
        ["224.0.0.0/8", "transit IP block 224.0.0.0/8 is a multicast network"],
        ["127.0.0.1/32", "transit IP 127.0.0.1/32 is a loopback address"],
        ["192.168.0.0/16", "transit IP block 192.168.0.0/16 overlaps with 192.168.1.0/24"],
      ] as const
    ).map(([prefix, message]): [string, object, number, string] => [
      `an interface is to be transit for ${prefix}`,
      {
        network_interfaces: {
          type: "create",
          params: [
            nic("a", { ip_config: { type: "v4", value: { ip: auto, transit_ips: ["192.168.1.0/24", prefix] } } }),
          ],
        },
      },
      400,
      message,
    ]),
    [
      "the version of its ephemeral IP is open and the silo has two default pools",
      { external_ips: [ephemeral(auto)] },
      400,
      "Multiple default unicast IP pools exist",
    ],
    [
      "its ephemeral IP has no stack to lead to",
      {
        network_interfaces: { type: "default_ipv4" },
        external_ips: [ephemeral({ type: "auto", ip_version: "v6" })],
      },
      400,
      "does not have a primary network interface with a VPC-private IPv6 address",
    ],
    [
      "it has 33 external IPs",
      { external_ips: Array.from({ length: 33 }, (_, i) => ({ type: "floating", floating_ip: `f${i}` })) },
      400,
      "An instance may not have more than 32 external IP addresses",
    ],
    [
      "its floating IP does not exist",
      { external_ips: [{ type: "floating", floating_ip: "nope" }] },
      404,
      'not found: floating-ip with name "nope"',
    ],
  ])("%s", async (_, more, status, message) => {
    const answer = await create(more);
    expect(answer.body.message).toContain(message);
    expect(answer.status).toBe(status);
    expect((await rack.ok("GET", "/v1/instances?project=p")).items).toEqual([]);
    const left = rack.nexus.store.db.selectFrom("external_ip").select("id").where("time_deleted", "is", null);
    expect(await left.execute()).toEqual([]);
  });

  it("its name is taken", async () => {
    expect((await create()).status).toBe(201);
    expect(await create()).toMatchObject({
      status: 400,
      body: { error_code: "ObjectAlreadyExists", message: 'already exists: instance "web"' },
    });
  });
});

describe("what can be done with an instance depends on its state:", () => {
  it("a stopped one", async () => {
    await create();
    expect(await act("stop")).toMatchObject({ status: 202, body: { run_state: "stopped" } });
    expect(await act("reboot")).toMatchObject({ status: 400, body: { message: expect.stringContaining("stopped") } });
    expect((await rack.call("DELETE", "/v1/instances/web?project=p")).status).toBe(204);
  });

  it("a running one", async () => {
    await create();
    await start();
    expect(await act("start")).toMatchObject({ status: 202, body: { run_state: "running" } });
    expect(await rack.call("DELETE", "/v1/instances/web?project=p")).toMatchObject({
      status: 400,
      body: { message: "cannot delete instance: instance is running or has not yet fully stopped" },
    });
    expect(await act("reboot")).toMatchObject({ status: 202, body: { run_state: "rebooting" } });
  });

  it("one that is stopping", async () => {
    await create();
    await start();
    expect(await act("stop")).toMatchObject({ status: 202, body: { run_state: "stopping" } });
    await rack.settled();
    expect(await act("stop")).toMatchObject({ status: 202, body: { run_state: "stopping" } });
    expect(await act("start")).toMatchObject({
      status: 409,
      body: { error_code: "Conflict", message: "instance must finish stopping before it can be started" },
    });
  });

  it("a failed one", async () => {
    await create();
    await start();
    await become("failed");
    expect(await view()).toMatchObject({ run_state: "failed" });
    expect(await act("stop")).toMatchObject({ status: 202, body: { run_state: "stopped" } });
    await start();
    await become("failed");
    await start();
    expect(await view()).toMatchObject({ run_state: "running" });
  });

  it("its size and its interfaces change only while it is off", async () => {
    await create();
    await start();
    const body = { ncpus: 2, memory: GIB, boot_disk: null, auto_restart_policy: null, cpu_platform: null };
    const put = (change: object, version?: string) =>
      rack.call("PUT", "/v1/instances/web?project=p", { ...body, enable_jumbo_frames: false, ...change }, at(version));
    expect(await put({ ncpus: 4 })).toMatchObject({
      status: 409,
      body: { message: "instance must be stopped to change CPU or memory" },
    });
    expect((await put({ auto_restart_policy: "never" })).body).toMatchObject({ auto_restart_policy: "never" });
    const add = () => rack.call("POST", "/v1/network-interfaces?project=p&instance=web", nic("net1"));
    expect(await add()).toMatchObject({
      status: 400,
      body: { message: "Instance must be stopped to attach a new network interface" },
    });
    expect(await rack.call("DELETE", "/v1/network-interfaces/net0?project=p&instance=web")).toMatchObject({
      status: 400,
      body: { message: "Instance must be stopped or failed to detach a network interface" },
    });
    await become("destroyed");
    expect((await put({ ncpus: 4, enable_jumbo_frames: true })).body).toMatchObject({
      ncpus: 4,
      enable_jumbo_frames: true,
    });
    // Who does not know of jumbo frames leaves them as they are.
    expect((await put({ ncpus: 2 }, "2026031400.0.0")).status).toBe(200);
    expect(await view()).toMatchObject({ ncpus: 2, enable_jumbo_frames: true });
    await start();
    expect(vmm().sled.vmms.get(vmm().id)?.body.local_config).toMatchObject({ primary_nic_mtu: 8500 });
  });
});

describe("network interfaces", () => {
  const list = async () =>
    (await rack.ok("GET", "/v1/network-interfaces?project=p&instance=web")).items as {
      name: string;
      primary: boolean;
    }[];

  it("come and go while the instance is off; the primary one goes last", async () => {
    await rack.call("POST", "/v1/vpc-subnets?project=p&vpc=default", {
      name: "second",
      description: "",
      ipv4_block: "10.9.0.0/24",
    });
    await create();
    const added = await rack.ok(
      "POST",
      "/v1/network-interfaces?project=p&instance=web",
      nic("net1", { subnet_name: "second", ip_config: { type: "v4", value: { ip: auto } } }),
    );
    expect(added).toMatchObject({ primary: false, ip_stack: { type: "v4", value: { ip: "10.9.0.5" } } });
    expect(await rack.call("DELETE", "/v1/network-interfaces/net0?project=p&instance=web")).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("primary interface may not be deleted") },
    });
    await rack.ok("PUT", `/v1/network-interfaces/${added.id}`, { primary: true, transit_ips: ["10.0.0.0/8"] });
    expect((await list()).map(({ name, primary }) => [name, primary])).toEqual([
      ["net0", false],
      ["net1", true],
    ]);
    expect((await rack.call("DELETE", "/v1/network-interfaces/net0?project=p&instance=web")).status).toBe(204);
    expect((await list()).map(({ name }) => name)).toEqual(["net1"]);
    await rack.ok("DELETE", "/v1/instances/web?project=p");
    expect((await rack.call("DELETE", "/v1/vpc-subnets/second?project=p&vpc=default")).status).toBe(204);
  });

  it("lead external IPs to an address of their version: the primary one cannot lose it", async () => {
    await rack.ok("POST", "/v1/vpc-subnets?project=p&vpc=default", {
      name: "third",
      description: "",
      ipv4_block: "10.8.0.0/24",
    });
    const params = [nic("a"), nic("b", { subnet_name: "third", ip_config: { type: "v6", value: { ip: auto } } })];
    await create({
      network_interfaces: { type: "create", params },
      external_ips: [ephemeral({ type: "auto", ip_version: "v4" })],
    });
    const prefer = () => rack.call("PUT", "/v1/network-interfaces/b?project=p&instance=web", { primary: true });
    expect(await prefer()).toMatchObject({
      status: 400,
      body: {
        message: expect.stringContaining(
          "does not have a private IPv4 address to handle traffic for the instance's external IPv4",
        ),
      },
    });
    expect((await list()).map(({ name, primary }) => [name, primary])).toEqual([
      ["a", true],
      ["b", false],
    ]);
    // Without it the source NAT block of IPv4 is all that is left: it rests while there is nothing to translate to.
    await rack.ok("DELETE", "/v1/instances/web/external-ips/ephemeral?project=p");
    expect((await prefer()).status).toBe(200);
    await start();
    expect(vmm().sled.vmms.get(vmm().id)?.body.local_config.external_ips).toEqual({ v4: null, v6: null });
    expect(await rack.nat()).toEqual([]);
    await become("destroyed");
    await rack.ok("DELETE", "/v1/instances/web?project=p");
    await rack.ok("DELETE", "/v1/vpc-subnets/third?project=p&vpc=default");
  });

  it("get addresses of their own, lowest first", async () => {
    const ips = [];
    for (const name of ["a", "b", "c"]) {
      await rack.ok("POST", "/v1/instances?project=p", smallInstance(name, { start: false }));
      const [made] = (await rack.ok("GET", `/v1/network-interfaces?project=p&instance=${name}`)).items;
      ips.push(made.ip_stack.value.v4.ip);
    }
    expect(ips).toEqual(["172.30.0.5", "172.30.0.6", "172.30.0.7"]);
    await rack.ok("DELETE", "/v1/instances/b?project=p");
    await create();
    const [made] = (await rack.ok("GET", "/v1/network-interfaces?project=p&instance=web")).items;
    expect(made.ip_stack.value.v4.ip).toBe("172.30.0.6");
  });
});

it("a subnet without a free address says which it is and leaves no instance", async () => {
  const small = await rack.ok("POST", "/v1/vpc-subnets?project=p&vpc=default", {
    name: "small",
    description: "",
    ipv4_block: "192.168.42.0/26",
  });
  const params = [nic("net0", { subnet_name: "small", ip_config: { type: "v4", value: { ip: auto } } })];
  await create({ network_interfaces: { type: "create", params } });
  const { db } = rack.nexus.store;
  const first = await db.selectFrom("network_interface").selectAll().where("name", "=", "net0").executeTakeFirst();
  if (first === undefined) throw new Error("there is no interface");
  // All from .6 to .62: the rest of the subnet is the system's.
  const others = Array.from({ length: 57 }, (_, i) => ({
    ...first,
    id: rack.nexus.world.ids.uuid(),
    name: `nic-${i}`,
    mac: `a8:40:25:f0:00:${i.toString(16).padStart(2, "0")}`,
    ipv4: `192.168.42.${6 + i}`,
    slot: i + 1,
    is_primary: 0 as const,
  }));
  await db.insertInto("network_interface").values(others).execute();
  const body = smallInstance("late", { start: false, network_interfaces: { type: "create", params } });
  expect(await rack.call("POST", "/v1/instances?project=p", body)).toMatchObject({
    status: 400,
    body: { message: `No available IPv4 addresses for interface in subnet 'small' with ID '${small.id}'` },
  });
  expect((await rack.call("GET", "/v1/instances/late?project=p")).status).toBe(404);
  await rack.ok("DELETE", "/v1/instances/web?project=p");
  await rack.ok("DELETE", "/v1/vpc-subnets/small?project=p&vpc=default");
});

describe("a client of an older version", () => {
  it("creates with its default interface, which is IPv4 only, and chooses the pool by name", async () => {
    const answer = await create(
      { network_interfaces: { type: "default" }, external_ips: [{ type: "ephemeral", pool: "pool4" }] },
      "2025112000.0.0",
    );
    expect(answer.status).toBe(201);
    expect(answer.body).not.toHaveProperty("enable_jumbo_frames");
    const older = { version: "2025112000.0.0" };
    const [made] = (await rack.ok("GET", "/v1/network-interfaces?project=p&instance=web", undefined, older)).items;
    expect(made).toMatchObject({ name: "net0", ip: "172.30.0.5", transit_ips: [] });
    const [newer] = (await rack.ok("GET", "/v1/network-interfaces?project=p&instance=web")).items;
    expect(newer.ip_stack).toEqual({ type: "v4", value: { ip: "172.30.0.5", transit_ips: [] } });
    const ips = (await rack.ok("GET", "/v1/instances/web/external-ips?project=p", undefined, older)).items;
    expect(ips.map(({ kind }: { kind: string }) => kind)).toEqual(["snat", "ephemeral"]);
  });

  it("says the IP version of an ephemeral IP from 2025122300 on", async () => {
    await create({}, "2025122300.0.0");
    const path = "/v1/instances/web/external-ips/ephemeral?project=p";
    expect(
      await rack.call("POST", path, { pool: "pool4", ip_version: "v4" }, { version: "2025122300.0.0" }),
    ).toMatchObject({
      status: 400,
      body: {
        error_code: "InvalidRequest",
        message:
          "cannot specify both `pool` and `ip_version`; `ip_version` is only used when allocating from the default pool",
      },
    });
    const attached = await rack.call("POST", path, { ip_version: "v4" }, { version: "2025122300.0.0" });
    expect(attached).toMatchObject({ status: 202, body: { kind: "ephemeral" } });
  });
});
