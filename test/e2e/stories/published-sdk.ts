/**
 * The story that the published SDK tells: everything a user does with addresses, seen in the tables of both switches. It needs
 * a rack on which nothing was created but what a story begins with, and leaves it like that.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { natEntries } from "../../support/nat.ts";
import { failure, ok } from "../../support/oxide.ts";
import type { Story } from "../../support/story.ts";

export function storyOfPublishedSdk(on: () => Story): void {
  describe("the published SDK, release 0.9.0", () => {
    let story: Story;
    beforeAll(() => {
      story = on();
    });

    const instance = "web-1";
    const project = "story";
    const at = { path: { instance }, query: { project } };
    const floating = "front";

    it("creates an instance with an ephemeral IP, and both switches lead its addresses and its SNAT ports to its sled", async () => {
      const { methods } = story.oxide;
      const created = await ok(
        methods.instanceCreate({
          query: { project },
          body: {
            name: instance,
            description: "a web server",
            hostname: instance,
            ncpus: 2,
            memory: 2 ** 30,
            networkInterfaces: { type: "default_ipv4" },
            externalIps: [{ type: "ephemeral", poolSelector: { type: "auto" } }],
          },
        }),
      );
      expect(created.name).toBe(instance);
      await story.running(instance);
      const { items } = await ok(methods.instanceExternalIpList(at));
      expect(items.map(({ kind }) => kind).sort()).toEqual(["ephemeral", "snat"]);
      await story.expectNat(instance);
      const snat = items.find((address) => address.kind === "snat");
      expect(snat).toMatchObject({ firstPort: 0, lastPort: 16_383 });
    });

    it("gives a second instance the next block of the shared SNAT address", async () => {
      const { methods } = story.oxide;
      await ok(
        methods.instanceCreate({
          query: { project },
          body: {
            name: "web-2",
            description: "another",
            hostname: "web-2",
            ncpus: 2,
            memory: 2 ** 30,
            networkInterfaces: { type: "default_ipv4" },
          },
        }),
      );
      await story.running("web-2");
      const one = await ok(methods.instanceExternalIpList(at));
      const two = await ok(methods.instanceExternalIpList({ path: { instance: "web-2" }, query: { project } }));
      const snatOf = (list: typeof one) => list.items.find((address) => address.kind === "snat");
      expect(snatOf(two)).toMatchObject({ ip: snatOf(one)?.ip, firstPort: 16_384, lastPort: 32_767 });
      await story.expectNat(instance, "web-2");
    });

    it("attaches a floating IP to the running instance and takes it off again", async () => {
      const { methods } = story.oxide;
      const created = await ok(
        methods.floatingIpCreate({ query: { project }, body: { name: floating, description: "the front door" } }),
      );
      expect(created.instanceId ?? null).toBeNull();
      const path = { floatingIp: floating };
      const attached = await ok(
        methods.floatingIpAttach({ path, query: { project }, body: { kind: "instance", parent: instance } }),
      );
      expect(attached.ip).toBe(created.ip);
      await story.expectNat(instance, "web-2");
      expect((await story.wanted(instance)).map(({ external }) => external)).toContain(created.ip);
      expect(await failure(methods.floatingIpDelete({ path, query: { project } }))).toMatchObject({
        status: 400,
        code: "InvalidRequest",
      });
      await ok(methods.floatingIpDetach({ path, query: { project } }));
      await story.expectNat(instance, "web-2");
      const left = await natEntries(story.rack.dpdClient("switch0"));
      expect(left.map(({ external }) => external)).not.toContain(created.ip);
    });

    it("leaves no entry of a stopped instance, and brings all of them back when it starts", async () => {
      const { methods } = story.oxide;
      await ok(
        methods.floatingIpAttach({
          path: { floatingIp: floating },
          query: { project },
          body: { kind: "instance", parent: instance },
        }),
      );
      await story.expectNat(instance, "web-2");
      await ok(methods.instanceStop(at));
      await story.stopped(instance);
      await story.expectNat("web-2");
      await ok(methods.instanceStart(at));
      await story.running(instance);
      await story.expectNat(instance, "web-2");
      expect(await story.wanted(instance)).toHaveLength(3);
    });

    it("refuses to delete a running instance, and deletes a stopped one with all it held", async () => {
      const { methods } = story.oxide;
      expect(await failure(methods.instanceDelete(at))).toMatchObject({ status: 400, code: "InvalidRequest" });
      for (const name of [instance, "web-2"]) {
        const path = { instance: name };
        await ok(methods.instanceStop({ path, query: { project } }));
        await story.stopped(name);
        await ok(methods.instanceDelete({ path, query: { project } }));
      }
      await story.expectNat();
      const kept = await ok(methods.floatingIpView({ path: { floatingIp: floating }, query: { project } }));
      expect(kept.instanceId ?? null).toBeNull();
      await ok(methods.floatingIpDelete({ path: { floatingIp: floating }, query: { project } }));
      const utilization = await ok(methods.systemIpPoolUtilizationView({ path: { pool: "default" } }));
      expect(utilization).toEqual({ capacity: 256, remaining: 256 });
    });
  });
}
