/** What counts as used: see https://knip.dev. A package without an entry point is not built yet and is left out until it has one. */
import { existsSync, readdirSync } from "node:fs";
import type { KnipConfig } from "knip";

const isBuilt = (folder: string): boolean =>
  (folder.startsWith("apps/") ? ["main.ts"] : ["main.ts", "index.ts", "registry.ts"]).some((entry) =>
    existsSync(`${folder}/src/${entry}`),
  );
const members = ["apps", "packages"].flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}`));
// What a package that is not built declares is for its own future; so is what these tests declare.
const unbuilt = members.filter((folder) => !isBuilt(folder));

const config: KnipConfig = {
  ignoreExportsUsedInFile: true,
  ignoreWorkspaces: [...unbuilt, ...(unbuilt.length > 0 ? ["test"] : [])],
  workspaces: {
    ".": { entry: ["tools/lint/ambient.mjs", "tools/sdk.mjs"], project: ["tools/**/*.mjs"] },
    "apps/*": { entry: ["src/main.ts", "test/**/*.ts"], project: ["src/**/*.ts", "test/**/*.ts"] },
    "packages/*": {
      entry: ["src/main.ts", "test/**/*.ts"],
      project: ["src/**/*.ts", "test/**/*.ts", "!src/gen/**"],
    },
    "packages/codegen": {
      entry: ["src/main.ts", "src/sdk/main.ts", "test/**/*.ts"],
      project: ["src/**/*.ts", "test/**/*.ts"],
    },
    test: { entry: ["**/*.ts"], project: ["**/*.ts"] },
  },
  // Run through tools/check.mjs, or shared by the tests of every package.
  ignoreDependencies: ["fast-check", "knip", "oxfmt", "oxlint", "turbo", "vite"],
};

export default config;
