/** Checks one package against the rules; each answer is a list of sentences, empty when all is well. */
import { hosts, isEdgeOfApp, isTestFile, mayImport, testsMayImport } from "./rules.ts";
import { resolveRelative, type Package, type Source } from "./workspace.ts";

const scope = "@racklet/";

/** Imports of workspace packages that the order of packages does not allow. */
export function directionViolations(pkg: Package, all: readonly Package[]): string[] {
  if (pkg.key === "test") return [];
  const allowed = mayImport[pkg.key];
  if (allowed === undefined) return [`${pkg.folder} is not in the list of packages: decide what it may import`];
  return pkg.sources.flatMap((source) => {
    const more = isTestFile(source.inPackage) ? testsMayImport : [];
    const reach = new Set([pkg.key, ...allowed, ...more, ...(hosts[source.path] ?? [])]);
    return workspaceImports(source).flatMap(({ specifier, name }) => {
      const target = all.find((each) => each.name === name);
      if (target === undefined) return [`${source.path} imports ${specifier}, which is no package of this workspace`];
      return reach.has(target.key) ? [] : [`${source.path} may not import ${specifier}`];
    });
  });
}

/** Imports past a package's exports: relative ones that leave the package, and deep ones into its sources. */
export function internalsViolations(pkg: Package): string[] {
  return pkg.sources.flatMap((source) =>
    source.imports.flatMap((specifier) => {
      const escapes =
        specifier.startsWith(".") && !`${resolveRelative(source.path, specifier)}/`.startsWith(`${pkg.folder}/`);
      const digs = specifier.startsWith(scope) && /^@racklet\/[^/]+\/(src|test)(\/|$)/.test(specifier);
      return escapes || digs ? [`${source.path} reaches into another package: ${specifier}`] : [];
    }),
  );
}

/** Old versions of the wire types outside the edge, and anything but `latest` inside it. */
export function versionViolations(pkg: Package): string[] {
  if (!pkg.folder.startsWith("apps/")) {
    if (["api-types", "codegen", "openapi-cli", "test"].includes(pkg.key)) return [];
    return pkg.sources
      .filter((source) => !isTestFile(source.inPackage))
      .flatMap((source) =>
        wireTypes(source).map((specifier) => `${source.path} may not import wire types: ${specifier}`),
      );
  }
  return pkg.sources
    .filter((source) => !isTestFile(source.inPackage))
    .flatMap((source) =>
      wireTypes(source)
        .filter((specifier) => {
          if (source.inPackage.startsWith("src/http/")) return false;
          const isVersion = /\/v\d+([/.-]|$)/.test(specifier);
          return isVersion || (!isEdgeOfApp(source.inPackage) && !specifier.endsWith("/latest"));
        })
        .map((specifier) => `${source.path} may import only latest wire types, not ${specifier}`),
    );
}

/** Workspace packages imported but not declared, or declared but not imported. What tests or types alone need may be a devDependency. */
export function manifestViolations(pkg: Package): string[] {
  const used = new Map<string, boolean>();
  for (const source of pkg.sources) {
    for (const { specifier, name } of workspaceImports(source)) {
      const atRunTime = !isTestFile(source.inPackage) && !source.typeOnly.has(specifier);
      if (name !== pkg.name) used.set(name, used.get(name) === true || atRunTime);
    }
  }
  const missing = [...used].flatMap(([name, atRunTime]) => {
    const declared =
      pkg.dependencies.has(name) || (pkg.devDependencies.has(name) && !(atRunTime && pkg.key !== "test"));
    return declared
      ? []
      : [`${pkg.folder}/package.json does not declare ${name} under ${atRunTime ? "dependencies" : "devDependencies"}`];
  });
  const unused = [...pkg.dependencies, ...pkg.devDependencies]
    .filter((name) => name.startsWith(scope) && !used.has(name))
    .map((name) => `${pkg.folder}/package.json declares ${name}, which nothing in it imports`);
  return [...missing, ...unused];
}

function workspaceImports(source: Source): { specifier: string; name: string }[] {
  return source.imports
    .filter((specifier) => specifier.startsWith(scope))
    .map((specifier) => ({ specifier, name: specifier.split("/").slice(0, 2).join("/") }));
}

function wireTypes(source: Source): string[] {
  return source.imports.filter((specifier) => specifier.startsWith(`${scope}api-types`));
}
