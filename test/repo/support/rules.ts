/**
 * The layout as data (docs/ and CONTRIBUTING.md say why): which package may use which, and what an app consists of.
 * A package that is not listed fails the test: adding one means deciding where it stands.
 */
import type { Package } from "./workspace.ts";

const libraries = ["world", "net", "api-kit", "api-types", "client-runtime", "store", "saga", "reconcile"];
const clients = ["dpd-client", "sled-agent-client", "nexus-client", "nexus-internal-client", "propolis-client"];
const service = [...libraries, ...clients];

/** What the sources of a package may import, bottom up. Nothing may import what stands below it in this list. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  world: [],
  net: [],
  sim: ["world"],
  "api-kit": ["net", "world"],
  "api-types": ["api-kit", "net"],
  "openapi-cli": ["api-kit", "api-types", "net", "world"],
  codegen: ["api-kit", "api-types", "net", "openapi-cli"],
  "client-runtime": ["world", "net"],
  ...Object.fromEntries(clients.map((client) => [client, ["client-runtime", "world", "net"]])),
  store: ["world"],
  saga: ["store", "world"],
  reconcile: ["world"],
  "apps/propolis": service,
  "apps/dpd": service,
  "apps/sled-agent": service,
  "apps/nexus": service,
  // The launcher runs the services in its own process on request.
  "apps/racklet": [...service, "apps/propolis", "apps/dpd", "apps/sled-agent", "apps/nexus"],
};

/** Files that may import more than their package: a sled-agent hosts propolis servers, from this one file (docs/decisions/0005). */
export const hosts: Readonly<Record<string, readonly string[]>> = {
  "apps/sled-agent/src/propolis-host.ts": ["apps/propolis"],
  "apps/sled-agent/test/propolis.ts": ["apps/propolis"],
};

/** Files that run only in tests may also use these. */
export const testsMayImport = ["sim", ...service];

export function isTestFile(inPackage: string): boolean {
  return /^(test|src\/testing)\//.test(inPackage) || inPackage.endsWith(".test.ts");
}

/** Apps start at main.ts, packages at index.ts; the declarations of the APIs are reached through their registry. */
export function isBuilt(pkg: Package): boolean {
  const entries = pkg.folder.startsWith("apps/") ? ["src/main.ts"] : ["src/main.ts", "src/index.ts", "src/registry.ts"];
  return pkg.sources.some(({ inPackage }) => entries.includes(inPackage));
}

/** Of an app: the files that wire it together and its HTTP edge. Everything else is business code. */
export function isEdgeOfApp(inPackage: string): boolean {
  return /^src\/(main|server|context|index)\.ts$/.test(inPackage) || inPackage.startsWith("src/http/");
}

/** What a service consists of, once it has an entry point. */
export const partsOfService = ["src/main.ts", "src/server.ts", "src/context.ts", "src/http"];
export const services = ["apps/nexus", "apps/sled-agent", "apps/dpd", "apps/propolis"];

export const topLevel = [
  "CONTRIBUTING.md",
  "LICENSE",
  "package.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "turbo.json",
  "tsconfig.base.json",
  ".ci/run",
  "apps/nexus",
  "apps/sled-agent",
  "apps/dpd",
  "apps/propolis",
  "apps/racklet",
  "openapi",
  "test",
  "tools/up.mjs",
];

export const maxLines = 500;

/** Paths that exist on one machine only. Written in pieces so that this file does not match itself. */
export const machinePaths = new RegExp(
  `(?<![\\w.:-])/(?:${["root", "home/\\w+", "Users/\\w+", "work/\\w+"].join("|")})/[\\w.]`,
);
