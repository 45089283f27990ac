import { availableParallelism } from "node:os";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// What takes long begins first, so that no worker is left alone with it at the end.
const LONG =
  /test\/(crash|e2e|fuzz|sdk|sim)\/|validators\.test|check-saga\.test|sockets\.test|faults\.test|property\.test/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): number => (LONG.test(moduleId) ? 0 : 1);
    return sorted.toSorted((a, b) => isLong(a) - isLong(b));
  }
}

// Vite adds the condition `development` to those by which Node chooses an entry of a package: some publish sources under it.
const asNodeChooses: Plugin = {
  name: "as-node-chooses",
  configResolved({ ssr }) {
    if (ssr.resolve !== undefined) ssr.resolve.conditions = ["node"];
  },
};

export default defineConfig({
  plugins: [asNodeChooses],
  test: {
    include: [
      "apps/*/test/**/*.test.ts",
      "apps/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "packages/*/src/**/*.test.ts",
      "test/**/*.test.ts",
    ],
    pool: "forks",
    // One more than there are processors: stories and databases mostly wait for other processes.
    maxWorkers: availableParallelism() + 1,
    // Files share a worker and what it has loaded: no file leaves anything behind, and loading it all for each took a third of the time.
    isolate: false,
    // Node loads our files as it does in use. Rewritten, every use of an import would be a look-up in the module it came from.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: LongestFirst },
    globalSetup: ["packages/store/src/testing/postgres-global-setup.ts"],
    testTimeout: 20_000,
    env: { RACKLET_LOG: process.env["RACKLET_LOG"] ?? "silent" },
  },
});
