import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
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
    globalSetup: ["packages/store/src/testing/postgres-global-setup.ts"],
    testTimeout: 20_000,
    env: { RACKLET_LOG: process.env["RACKLET_LOG"] ?? "silent" },
  },
});
