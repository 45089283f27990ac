import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isBuilt, machinePaths, maxLines, mayImport, partsOfService, services, topLevel } from "./support/rules.ts";
import {
  directionViolations,
  internalsViolations,
  manifestViolations,
  versionViolations,
} from "./support/violations.ts";
import { filesBelow, importsOf, readPackages, root, type Package } from "./support/workspace.ts";

const packages = readPackages();

describe("the repository", () => {
  test("has the entries a newcomer looks for", () => {
    expect(topLevel.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("has services of one shape", () => {
    const started = services.filter((app) => existsSync(join(root, app, "src/main.ts")));
    const missing = started
      .flatMap((app) => partsOfService.map((part) => `${app}/${part}`))
      .filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  test(`has no source file over ${maxLines} lines`, () => {
    const long = packages.flatMap((pkg) => pkg.sources.filter((source) => source.lines > maxLines));
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  test("names no path of anybody's machine", () => {
    const named = filesBelow("")
      .filter((path) => !path.startsWith("openapi/") && path !== "pnpm-lock.yaml")
      .flatMap((path) =>
        readFileSync(join(root, path), "utf8")
          .split("\n")
          .flatMap((line, index) => (machinePaths.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
      );
    expect(named).toEqual([]);
  });
});

describe("imports", () => {
  test("follow the order of the packages", () => {
    expect(packages.flatMap((pkg) => directionViolations(pkg, packages))).toEqual([]);
  });

  test("stop at a package's exports", () => {
    expect(packages.flatMap(internalsViolations)).toEqual([]);
  });

  test("of old wire versions stay in api-types and src/http; business code knows only the latest", () => {
    expect(packages.flatMap(versionViolations)).toEqual([]);
  });

  test("of workspace packages are declared, and what is declared is imported", () => {
    // A package without its entry point declares what it is going to need; so does `test` while there is one.
    const unbuilt = packages.filter((pkg) => pkg.key !== "test" && !isBuilt(pkg));
    const skipped = new Set([...unbuilt.map(({ key }) => key), ...(unbuilt.length > 0 ? ["test"] : [])]);
    expect(packages.filter((pkg) => !skipped.has(pkg.key)).flatMap(manifestViolations)).toEqual([]);
  });

  test("can only follow an order without circles", () => {
    const visiting = new Set<string>();
    const visit = (key: string): void => {
      if (visiting.has(key)) throw new Error(`circle through ${key}`);
      visiting.add(key);
      for (const next of mayImport[key] ?? []) visit(next);
      visiting.delete(key);
    };
    for (const key of Object.keys(mayImport)) expect(() => visit(key)).not.toThrow();
  });
});

describe("the checks themselves", () => {
  const world = pkgWith("world", "packages/world", {});
  const dpd = pkgWith("apps/dpd", "apps/dpd", {});

  test("see every form of import and nothing in strings or comments", () => {
    const text = [
      'import type { A } from "a";',
      'import "b";',
      'export { c } from "c";',
      'const text = `import x from "no"`; // import "no"',
      'const lazy = import("d");',
      'import { type E } from "e"; import { f, type F } from "f"; export type { G } from "g";',
    ].join("\n");
    expect(importsOf("x.ts", text)).toEqual({
      imports: ["a", "b", "e", "f", "c", "g", "d"],
      typeOnly: new Set(["a", "e", "g"]),
    });
  });

  test("notice an app that imports another, and a library that imports upwards", () => {
    const nexus = pkgWith("apps/nexus", "apps/nexus", { "src/a.ts": ["@racklet/dpd"] });
    const net = pkgWith("net", "packages/net", {
      "src/a.ts": ["@racklet/world"],
      "test/a.test.ts": ["@racklet/world"],
    });
    expect(directionViolations(nexus, [nexus, dpd])).toEqual(["apps/nexus/src/a.ts may not import @racklet/dpd"]);
    expect(directionViolations(net, [net, world])).toEqual(["packages/net/src/a.ts may not import @racklet/world"]);
    expect(directionViolations(pkgWith("new", "packages/new", {}), [])).toEqual([
      "packages/new is not in the list of packages: decide what it may import",
    ]);
  });

  test("let one file of sled-agent host propolis, and no other", () => {
    const propolis = pkgWith("apps/propolis", "apps/propolis", {});
    const sled = pkgWith("apps/sled-agent", "apps/sled-agent", {
      "src/propolis-host.ts": ["@racklet/propolis"],
      "src/context.ts": ["@racklet/propolis"],
    });
    expect(directionViolations(sled, [sled, propolis])).toEqual([
      "apps/sled-agent/src/context.ts may not import @racklet/propolis",
    ]);
  });

  test("notice a way around a package's exports", () => {
    const net = pkgWith("net", "packages/net", {
      "src/a.ts": ["./b.ts", "../../world/src/real.ts", "@racklet/world/src/real.ts"],
    });
    expect(internalsViolations(net)).toEqual([
      "packages/net/src/a.ts reaches into another package: ../../world/src/real.ts",
      "packages/net/src/a.ts reaches into another package: @racklet/world/src/real.ts",
    ]);
  });

  test("notice old versions in business code", () => {
    const v12 = "@racklet/api-types/dpd/v12";
    const api = "@racklet/api-types/dpd/api";
    const latest = "@racklet/api-types/dpd/latest";
    const app = pkgWith("apps/dpd", "apps/dpd", {
      "src/http/old.ts": [v12, api, latest],
      "src/server.ts": [v12, api, latest],
      "src/nat/plan.ts": [v12, api, latest],
    });
    expect(versionViolations(app)).toEqual([
      `apps/dpd/src/server.ts may import only latest wire types, not ${v12}`,
      `apps/dpd/src/nat/plan.ts may import only latest wire types, not ${v12}`,
      `apps/dpd/src/nat/plan.ts may import only latest wire types, not ${api}`,
    ]);
  });

  test("notice a dependency that is missing, unused, or good for tests only", () => {
    const pkg = {
      ...pkgWith("saga", "packages/saga", {
        "src/a.ts": ["@racklet/world", "@racklet/store"],
        "test/a.test.ts": ["@racklet/sim"],
      }),
      dependencies: new Set(["@racklet/world", "@racklet/net", "kysely"]),
      devDependencies: new Set(["@racklet/store", "@racklet/sim"]),
    };
    expect(manifestViolations(pkg)).toEqual([
      "packages/saga/package.json does not declare @racklet/store under dependencies",
      "packages/saga/package.json declares @racklet/net, which nothing in it imports",
    ]);
  });

  test("notice paths of a machine, not paths of an API", () => {
    expect(machinePaths.test(`see ${["", "home", "ada", "rack"].join("/")}`)).toBe(true);
    expect(machinePaths.test("GET /v1/system/users and http://host/home/page/x")).toBe(false);
  });
});

function pkgWith(key: string, folder: string, imports: Record<string, readonly string[]>): Package {
  return {
    key,
    name: `@racklet/${folder.split("/")[1]}`,
    folder,
    dependencies: new Set(),
    devDependencies: new Set(),
    sources: Object.entries(imports).map(([inPackage, specifiers]) => ({
      path: `${folder}/${inPackage}`,
      inPackage,
      lines: 1,
      imports: specifiers,
      typeOnly: new Set(),
    })),
  };
}
