/**
 * The lint rule `racklet/no-ambient-world`: no clock, randomness, ids, timers or outbound calls except through a World
 * (packages/world), so that a whole rack can run on a virtual clock and replay from a seed. Works on the syntax tree
 * and the scopes, so comments, strings, types and local names that only look alike do not matter.
 */

/** Globals that may not be used at all. */
const bannedGlobals = new Map([
  ["fetch", "world.fetch"],
  ["XMLHttpRequest", "world.fetch"],
  ["WebSocket", "world.fetch"],
  ["EventSource", "world.fetch"],
  ["setTimeout", "world.timers.after or .sleep"],
  ["setInterval", "world.timers.sleep in a loop"],
  ["setImmediate", "world.timers.yield"],
  ["performance", "world.clock.monotonicMs"],
]);

/** Members of otherwise harmless globals. */
const bannedMembers = new Map([
  ["Date", new Map([["now", "world.clock.now"]])],
  ["Math", new Map([["random", "world.random.next"]])],
  ["AbortSignal", new Map([["timeout", "deadlineSignal of @racklet/world"]])],
  [
    "crypto",
    new Map([
      ["randomUUID", "world.ids.uuid"],
      ["getRandomValues", "world.random.bytes"],
    ]),
  ],
  ["process", new Map([["hrtime", "world.clock.monotonicMs"]])],
]);

/** Modules: `*` bans the whole module, otherwise these names, and imports that hide which names are used. */
const cryptoNames = [
  "randomUUID",
  "randomBytes",
  "randomInt",
  "randomFill",
  "randomFillSync",
  "getRandomValues",
  "webcrypto",
];
const bannedModules = new Map([
  ["timers", "*"],
  ["timers/promises", "*"],
  ["perf_hooks", "*"],
  ["crypto", cryptoNames],
  ["http", ["request", "get"]],
  ["https", ["request", "get"]],
  ["process", ["hrtime"]],
]);

const globalObjects = new Set(["globalThis", "global"]);

const rule = {
  meta: {
    type: "problem",
    docs: { description: "Take time, randomness, ids, timers and outbound calls from the World." },
    schema: [],
  },
  create(context) {
    const report = (node, what, instead) =>
      context.report({ node, message: `${what} is ambient: take it from the World${instead ? ` (${instead})` : ""}.` });

    return {
      ImportDeclaration: (node) => checkImport(node, report),
      ImportExpression: (node) => {
        if (bannedModules.has(bareName(node.source))) report(node, `import of "${node.source.value}"`);
      },
      Program: () => {
        for (const node of globalReferences(context.sourceCode)) checkGlobal(node.name, node, report);
      },
    };
  },
};

/** Identifiers that name no variable of the file. */
function globalReferences(sourceCode) {
  const scope = sourceCode.scopeManager.globalScope;
  const unresolved = scope.through.map((reference) => reference.identifier);
  const declared = scope.variables
    .filter((variable) => variable.defs.length === 0)
    .flatMap((variable) => variable.references.map((reference) => reference.identifier));
  return [...new Set([...unresolved, ...declared])].filter((node) => !isTypePosition(node));
}

/** `name` is the global's name, `node` the expression that denotes it (an identifier, or `globalThis.name`). */
function checkGlobal(name, node, report) {
  const parent = node.parent;
  if (bannedGlobals.has(name)) return report(node, name, bannedGlobals.get(name));
  if (globalObjects.has(name)) {
    for (const [member, at] of accessedMembers(node)) checkGlobal(member, at, report);
    return;
  }
  const members = bannedMembers.get(name);
  if (members !== undefined) {
    for (const [member, at] of accessedMembers(node)) {
      if (members.has(member)) report(at, `${name}.${member}`, members.get(member));
    }
  }
  if (
    name === "Date" &&
    parent.callee === node &&
    (parent.type === "CallExpression" || parent.arguments.length === 0)
  ) {
    report(parent, "the current date", "world.clock.now");
  }
}

/** The members that `node` is asked for here: `node.x`, `node["x"]`, `const { x } = node`. */
function accessedMembers(node) {
  const parent = node.parent;
  if (parent.type === "MemberExpression" && parent.object === node) {
    const property = parent.property;
    const name = parent.computed ? property.value : property.name;
    return typeof name === "string" ? [[name, parent]] : [];
  }
  if (parent.type === "VariableDeclarator" && parent.init === node && parent.id.type === "ObjectPattern") {
    return parent.id.properties.flatMap((property) =>
      property.type === "Property" ? [[property.key.name ?? property.key.value, property]] : [],
    );
  }
  return [];
}

function checkImport(node, report) {
  const module = bareName(node.source);
  const banned = bannedModules.get(module);
  if (banned === undefined || node.importKind === "type") return;
  if (banned === "*") return report(node, `import of "${node.source.value}"`);
  for (const specifier of node.specifiers) {
    if (specifier.importKind === "type") continue;
    if (specifier.type !== "ImportSpecifier")
      report(specifier, `"${node.source.value}" as a whole (name what you import)`);
    else if (banned.includes(specifier.imported.name))
      report(specifier, `${specifier.imported.name} of "${node.source.value}"`);
  }
}

function bareName(source) {
  return typeof source.value === "string" ? source.value.replace(/^node:/, "") : undefined;
}

function isTypePosition(node) {
  return (
    node.parent.type.startsWith("TS") &&
    node.parent.type !== "TSAsExpression" &&
    node.parent.type !== "TSNonNullExpression" &&
    node.parent.type !== "TSSatisfiesExpression"
  );
}

export default { meta: { name: "racklet" }, rules: { "no-ambient-world": rule } };
