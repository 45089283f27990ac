/**
 * The story of multicast that published SDKs tell: instances join by address, name and id, with and without sources, any-source
 * and source-specific, in both IP versions; every table of both switches and every sled is what the memberships ask for.
 */
import Oxide051 from "@oxide/api-0.5.1";
import { beforeAll, describe, expect, it } from "vitest";
import { groupsOn, multicastOnSled } from "../../support/multicast.ts";
import { failure, ok, type Oxide } from "../../support/oxide.ts";
import type { RackAddresses } from "../../support/rack.ts";
import type { Story } from "../../support/story.ts";
import { until } from "../../support/until.ts";

const START_UP = 60_000;
const DEADLINE = { deadlineMs: 20_000 };
const SWITCHES = ["switch0", "switch1"];
const POOLS = [
  { name: "asm4", ipVersion: "v4", first: "224.1.2.0", last: "224.1.2.255" },
  { name: "ssm4", ipVersion: "v4", first: "232.1.2.0", last: "232.1.2.255" },
  { name: "asm6", ipVersion: "v6", first: "ff0e::1", last: "ff0e::ff" },
  { name: "ssm6", ipVersion: "v6", first: "ff3e::8000:1", last: "ff3e::8000:ff" },
] as const;

/** The calls that both releases have alike. */
type Methods = Pick<
  Oxide["methods"],
  | "instanceMulticastGroupJoin"
  | "instanceMulticastGroupLeave"
  | "instanceMulticastGroupList"
  | "multicastGroupView"
  | "multicastGroupMemberList"
  | "multicastGroupList"
>;

interface Vmm {
  readonly id: string;
  readonly sledId: string;
  /** The port of its sled on the switches. */
  readonly port: string;
}

export function storyOfMulticast(on: () => Story): void {
  describe("multicast, told by published SDKs", () => {
    let rack: RackAddresses;
    let story: Story;
    const sdk: Record<string, () => Methods> = {
      "0.9.0": () => story.oxide.methods,
      // Its groups have other fields besides, which the story does not read.
      "0.5.1": () => new Oxide051({ host: rack.nexus.external, token: story.token }).methods as unknown as Methods,
    };
    const query = { project: "story" };

    beforeAll(async () => {
      story = on();
      rack = story.rack;
      const { methods } = story.oxide;
      const { siloId } = await ok(methods.currentUserView({}));
      for (const { name, ipVersion, first, last } of POOLS) {
        const path = { pool: name };
        await ok(methods.systemIpPoolCreate({ body: { name, description: "", ipVersion, poolType: "multicast" } }));
        await ok(methods.systemIpPoolRangeAdd({ path, body: { first, last } }));
        await ok(methods.systemIpPoolSiloLink({ path, body: { silo: siloId, isDefault: name.startsWith("asm") } }));
      }
      for (const name of ["one", "two"]) await create(name);
    }, START_UP);

    async function create(name: string, more: object = {}): Promise<void> {
      const { methods } = story.oxide;
      const body = { name, description: "", hostname: name, ncpus: 1, memory: 2 ** 30, ...more };
      await ok(methods.instanceCreate({ query, body: { ...body, networkInterfaces: { type: "default_dual_stack" } } }));
      await story.running(name);
    }

    async function vmmOf(instance: string): Promise<Vmm> {
      const { id } = await ok(story.oxide.methods.instanceView({ path: { instance }, query }));
      const vmms = (await (await fetch(`${rack.nexus.lockstep}/debug/vmms`)).json()) as Record<string, string>[];
      const vmm = vmms.find((each) => each["instance_id"] === id && each["state"] === "running");
      if (vmm === undefined) throw new Error(`${instance} has no running VMM`);
      // Only versions newer than these SDKs tell the cubby.
      const headers = { authorization: `Bearer ${story.token}` };
      const response = await fetch(`${rack.nexus.external}/v1/system/hardware/sleds/${vmm["sled_id"]}`, { headers });
      const { slot } = (await response.json()) as { slot: number };
      return { id: vmm["id"] ?? "", sledId: vmm["sled_id"] ?? "", port: `rear${slot}` };
    }

    /** Both switches and every sled hold exactly this; `members`: instance names with their sources. */
    async function expectGroups(
      groups: readonly {
        readonly ip: string;
        readonly underlay: string;
        readonly from: string;
        readonly members: Record<string, string>;
      }[],
    ): Promise<void> {
      const vmms = new Map<string, Vmm>();
      for (const name of groups.flatMap(({ members }) => Object.keys(members))) vmms.set(name, await vmmOf(name));
      const ports = (members: Record<string, string>): string =>
        [...new Set(Object.keys(members).map((name) => vmms.get(name)?.port ?? "?"))].sort().join() || "no port";
      const onSwitch = groups
        .map(({ ip, underlay, from, members }) => `${ip} → ${underlay} at ${ports(members)} from ${from}`)
        .sort();
      const active = groups.filter(({ members }) => Object.keys(members).length > 0);
      const onSled = (sledId: string) => ({
        m2p: active.map(({ ip, underlay }) => `${ip} → ${underlay}`).sort(),
        forwarding: active.map(({ underlay }) => `${underlay} by 1`).sort(),
        subscriptions: active
          .flatMap(({ ip, members }) =>
            Object.entries(members)
              .filter(([name]) => vmms.get(name)?.sledId === sledId)
              .map(([name, sources]) => `${vmms.get(name)?.id} ${ip} from ${sources}`),
          )
          .sort(),
      });
      const want = JSON.stringify(
        [SWITCHES.map(() => onSwitch), rack.sled_agents.map(({ id }) => onSled(id))],
        null,
        1,
      );
      const look = async (): Promise<string> =>
        JSON.stringify(
          [
            await Promise.all(SWITCHES.map((name) => groupsOn(rack, name))),
            await Promise.all(rack.sled_agents.map(({ url }) => multicastOnSled(url))),
          ],
          null,
          1,
        );
      await until(`every switch and sled holds ${want}`, look, (seen) => seen === want, DEADLINE);
    }

    describe.each(Object.keys(sdk))("release %s", (release) => {
      const methods = (): Methods => sdk[release]!();
      const join = (instance: string, group: string, body: { sourceIps?: string[]; ipVersion?: "v4" | "v6" } = {}) =>
        methods().instanceMulticastGroupJoin({ path: { instance, multicastGroup: group }, query, body });
      const leave = (instance: string, group: string) =>
        ok(methods().instanceMulticastGroupLeave({ path: { instance, multicastGroup: group }, query }));
      const V4 = { ip: "224.1.2.7", underlay: "ff04::e001:207" };

      it("joins by address, which makes the group, then by the group's name and id, and leaves", async () => {
        const member = await ok(join("one", V4.ip));
        expect(member).toMatchObject({ multicastIp: V4.ip, sourceIps: [], state: expect.stringMatching(/^Join/) });
        await expectGroups([{ ...V4, from: "any", members: { one: "any" } }]);
        const group = await ok(methods().multicastGroupView({ path: { multicastGroup: V4.ip } }));
        expect(group).toMatchObject({ name: "mcast-224-1-2-7", state: "Active", sourceIps: [] });
        await ok(join("two", group.name, { sourceIps: ["10.7.0.2", "10.7.0.1"] }));
        await expectGroups([{ ...V4, from: "any", members: { one: "any", two: "10.7.0.1,10.7.0.2" } }]);
        await ok(join("one", group.id, { sourceIps: ["10.7.0.9"] }));
        await expectGroups([
          { ...V4, from: "10.7.0.1,10.7.0.2,10.7.0.9", members: { one: "10.7.0.9", two: "10.7.0.1,10.7.0.2" } },
        ]);
        const { items } = await ok(methods().multicastGroupMemberList({ path: { multicastGroup: group.id } }));
        expect(items.map(({ state }) => state)).toEqual(["Joined", "Joined"]);
        await leave("one", group.id);
        await expectGroups([{ ...V4, from: "10.7.0.1,10.7.0.2", members: { two: "10.7.0.1,10.7.0.2" } }]);
        await leave("two", V4.ip);
        await leave("two", V4.ip).catch((error: unknown) => expect(String(error)).toContain("404"));
        await expectGroups([]);
        expect(await failure(methods().multicastGroupView({ path: { multicastGroup: V4.ip } }))).toMatchObject({
          status: 404,
        });
      });

      it("joins groups of IPv6 and source-specific ones, which need their sources", async () => {
        const v6 = { ip: "ff0e::7", underlay: "ff04::ff0e:0:0:7" };
        const ssm4 = { ip: "232.1.2.3", underlay: "ff04::e801:203" };
        const ssm6 = { ip: "ff3e::8000:5", underlay: "ff04::ff3e:0:8000:5" };
        await ok(join("one", v6.ip));
        expect(await failure(join("one", ssm4.ip))).toMatchObject({
          status: 400,
          message: expect.stringContaining("SSM multicast addresses require at least one source IP"),
        });
        await ok(join("one", ssm4.ip, { sourceIps: ["10.7.0.1"] }));
        await ok(join("two", ssm4.ip, { sourceIps: ["10.7.0.2"] }));
        await ok(join("two", ssm6.ip, { sourceIps: ["fd00:7::1"] }));
        await expectGroups([
          { ...v6, from: "any", members: { one: "any" } },
          { ...ssm4, from: "10.7.0.1,10.7.0.2", members: { one: "10.7.0.1", two: "10.7.0.2" } },
          { ...ssm6, from: "fd00:7::1", members: { two: "fd00:7::1" } },
        ]);
        await leave("one", v6.ip);
        await leave("one", ssm4.ip);
        await leave("two", ssm4.ip);
        await leave("two", ssm6.ip);
        await expectGroups([]);
      });

      it("keeps a membership with its sources through stop and start, moves it with the instance, and ends it with it", async () => {
        const name = `mover-${release.replaceAll(".", "-")}`;
        await create(name, { multicastGroups: [{ group: "news", ipVersion: "v4", sourceIps: ["10.7.0.4"] }] });
        const { multicastIp: ip } = await ok(methods().multicastGroupView({ path: { multicastGroup: "news" } }));
        // With sources a source-specific pool comes first.
        expect(ip).toBe("232.1.2.0");
        const news = { ip, underlay: "ff04::e801:200", from: "10.7.0.4" };
        await expectGroups([{ ...news, members: { [name]: "10.7.0.4" } }]);
        const at = { path: { instance: name }, query };
        await ok(story.oxide.methods.instanceStop(at));
        await story.stopped(name);
        await expectGroups([{ ...news, members: {} }]);
        const { items } = await ok(methods().instanceMulticastGroupList(at));
        expect(items).toMatchObject([{ state: "Left", sourceIps: ["10.7.0.4"], multicastIp: ip }]);
        await ok(story.oxide.methods.instanceStart(at));
        await story.running(name);
        await expectGroups([{ ...news, members: { [name]: "10.7.0.4" } }]);
        await migrate(name);
        await expectGroups([{ ...news, members: { [name]: "10.7.0.4" } }]);
        await ok(story.oxide.methods.instanceStop(at));
        await story.stopped(name);
        await ok(story.oxide.methods.instanceDelete(at));
        await expectGroups([]);
        expect((await ok(methods().multicastGroupList({}))).items).toEqual([]);
      });
    });

    async function migrate(instance: string): Promise<void> {
      const { id } = await ok(story.oxide.methods.instanceView({ path: { instance }, query }));
      const { id: propolis, sledId } = await vmmOf(instance);
      const to = rack.sled_agents.find((sled) => sled.id !== sledId);
      const response = await fetch(`${rack.nexus.lockstep}/instances/${id}/migrate`, {
        method: "POST",
        headers: { "content-type": "application/json", "api-version": "0.0.1" },
        body: JSON.stringify({ dst_sled_id: to?.id }),
      });
      expect([response.status, response.ok ? "" : await response.text()]).toEqual([200, ""]);
      await until(
        `${instance} runs on the other sled`,
        () => vmmOf(instance).catch((error: unknown) => ({ id: String(error), sledId: "", port: "" })),
        (vmm) => vmm.sledId === to?.id && vmm.id !== propolis,
        DEADLINE,
      );
      await story.running(instance);
    }
  });
}
