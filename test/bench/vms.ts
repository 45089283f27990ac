/** Instances for the benchmarks. */
import { ok, type Oxide } from "../support/oxide.ts";
import { until } from "../support/until.ts";

type Methods = Oxide["methods"];

const query = { project: "bench" };

/** A project and a default pool for its instances. */
export async function prepare(methods: Methods): Promise<void> {
  const me = await ok(methods.currentUserView({}));
  await ok(methods.projectCreate({ body: { name: "bench", description: "" } }));
  await ok(methods.systemIpPoolCreate({ body: { name: "bench", description: "", ipVersion: "v4" } }));
  await ok(
    methods.systemIpPoolRangeAdd({ path: { pool: "bench" }, body: { first: "10.9.0.0", last: "10.9.255.255" } }),
  );
  await ok(methods.systemIpPoolSiloLink({ path: { pool: "bench" }, body: { silo: me.siloId, isDefault: true } }));
}

/** Creates instances one after another, and waits until all run. */
export async function createVms(methods: Methods, count: number, prefix: string): Promise<void> {
  for (let i = 0; i < count; i++) {
    const name = `${prefix}-${i}`;
    await ok(
      methods.instanceCreate({
        query,
        body: {
          name,
          description: "",
          hostname: name,
          ncpus: 1,
          memory: 2 ** 30,
          networkInterfaces: { type: "default_ipv4" },
        },
      }),
    );
  }
  await until(
    "all VMs run",
    () => ok(methods.instanceList({ query: { ...query, limit: 1000 } })),
    ({ items }) => items.every(({ runState }) => runState === "running"),
    { deadlineMs: 60_000, everyMs: 200 },
  );
}
