/** The tarballs that would be published: well made, typed for every importer, without a platform, and no bigger than what is used. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALL, report } from "../compat/support/runs.ts";
import { startRack, type Rack } from "../support/rack.ts";
import { startService } from "../support/service.ts";
import { bundle, runInBrowser } from "./support/browser.ts";
import { checkTypes, exactTypes } from "./support/consumer.ts";
import { documentsOf, type EntryDocument } from "./support/documents.ts";
import { at, examplesOf } from "./support/examples.ts";
import { findNode, MAJORS } from "./support/nodes.ts";
import { exec, installSdk, root, type SdkProject } from "./support/project.ts";

const START_UP = 60_000;
const PROPOLIS = join(root, "apps/propolis/src/main.ts");
const END = "--- end of example ---\n";

let project: SdkProject;
let rack: Rack;
beforeAll(async () => {
  project = await installSdk();
  rack = await startRack("--in-process", "--sleds", "2");
}, START_UP);
afterAll(() => Promise.all([project?.remove(), rack?.stop()]), START_UP);

describe("the packages", () => {
  it("depend on nothing but openapi-fetch and the client runtime", () => {
    const dependencies = project.packages.map(({ name, manifest }) => [
      name,
      Object.keys(manifest["dependencies"] ?? {}),
    ]);
    const expected = project.packages.map(({ name }) => [
      name,
      [name === "@racklet/client-runtime" ? "openapi-fetch" : "@racklet/client-runtime"],
    ]);
    expect(dependencies).toEqual(expected);
    const installed = readdirSync(join(project.folder, "node_modules")).filter((name) => !name.startsWith("."));
    expect(installed).toEqual(["@racklet", "openapi-fetch", "openapi-typescript-helpers"]);
  });

  it("have a licence, a README and the documentation of every operation of every version", () => {
    for (const { name, folder, specifiers } of project.packages) {
      expect(readdirSync(folder), name).toEqual(
        expect.arrayContaining(["LICENSE", "README.md", "dist", "package.json"]),
      );
      for (const { specifier, operations } of documentsOf(specifiers)) {
        const text = readFileSync(join(folder, "docs", `${specifier.split("/")[2]}.md`), "utf8");
        const described = [...text.matchAll(/^## (\w+)$/gm)].map(([, operation]) => operation);
        expect(described, specifier).toEqual(operations);
      }
    }
  });

  it("please publint", async () => {
    for (const path of project.tarballs) {
      const { buffer } = new Uint8Array(readFileSync(path));
      const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
      expect(
        messages.map((message) => formatMessage(message, pkg)),
        path,
      ).toEqual([]);
    }
  });

  it("have types that are right for every importer of ES modules", async () => {
    for (const [index, path] of project.tarballs.entries()) {
      const all = project.packages.flatMap(({ name, specifiers }) =>
        basename(path).startsWith(`${name.slice(1).replace("/", "-")}-`)
          ? specifiers.map((each) => `.${each.slice(name.length)}`)
          : [],
      );
      expect(all.length, path).toBeGreaterThan(0);
      // All are made alike: the first and the last stand for the rest in a short run.
      const entrypoints = ALL ? all : all.filter((_, n) => n === 0 || n === all.length - 1);
      const answer = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(path))), {
        entrypoints,
      });
      if (answer.types === false) throw new Error(`${path} has no types`);
      expect(Object.keys(answer.entrypoints).length, `package ${index}`).toBe(entrypoints.length);
      const problems = answer.problems.filter((problem) => !isForCommonJs(problem));
      expect(problems, path).toEqual([]);
    }
  });
});

/** They are for importers of ES modules alone; who requires one has to be told so by their own tools. */
function isForCommonJs(problem: { readonly kind: string; readonly resolutionKind?: string }): boolean {
  return problem.resolutionKind === "node10" || problem.resolutionKind === "node16-cjs";
}

describe("a client", () => {
  it("has exactly the operations of its version, and iterators over those that have pages", async () => {
    const documents = documentsOf(project.packages.flatMap(({ specifiers }) => specifiers));
    const lines = documents.map(
      ({ specifier }) => `${JSON.stringify(specifier)}: await import(${JSON.stringify(specifier)}),\n`,
    );
    await project.write(
      "operations.js",
      `const modules = {\n${lines.join("")}};
      const found = Object.entries(modules).map(([specifier, module]) => {
        const create = Object.entries(module).find(([name]) => name.endsWith("Client"))[1];
        const { pages, safe, ...operations } = create({ baseUrl: "http://nowhere.invalid" });
        if (Object.keys(safe).join() !== Object.keys(operations).join()) throw new Error(specifier);
        const version = Object.values(module).find((each) => each.create === create);
        return { specifier, version: module.API_VERSION, service: version?.service ?? null, operations: Object.keys(operations), pages: Object.keys(pages) };
      });
      console.log(JSON.stringify(found));`,
    );
    const { stdout } = await exec(process.execPath, ["operations.js"], { cwd: project.folder });
    const found = JSON.parse(stdout) as { service: string | null }[];
    expect(found).toEqual(
      documents.map(({ specifier, ident, version, isLockstep, operations, pages }) => ({
        specifier,
        version,
        service: isLockstep ? null : ident,
        operations,
        pages,
      })),
    );
    const calls = documents.flatMap((each) => each.operations).length;
    report("operations of SDK entry points", calls, calls);
  });

  it("says so in its types, of each version, without any types of a platform but the web's", async () => {
    const documents = documentsOf(project.packages.flatMap(({ specifiers }) => specifiers));
    // All of dpd's, and in a short run the newest of the others.
    const isNewest = ({ ident }: EntryDocument, n: number): boolean => ident !== documents[n + 1]?.ident;
    const chosen = documents.filter((each, n) => ALL || each.ident === "dpd" || isNewest(each, n));
    const [lockstep] = documentsOf(["@racklet/nexus-internal-client/lockstep"]);
    if (lockstep === undefined) throw new Error("no document");
    const { operations } = lockstep;
    const programs = {
      "exact.ts": exactTypes(chosen),
      "consumer.ts": readFileSync(join(root, "test/sdk/support/consumer-program.ts"), "utf8"),
      "more.ts": exactTypes([{ ...lockstep, operations: [...operations, "rack_explode"] }]),
      "less.ts": exactTypes([{ ...lockstep, operations: operations.slice(1) }]),
      "platform.ts": "export const bytes = Buffer.alloc(1);\n",
    };
    const complaints = await checkTypes(project, programs);
    expect(complaints.filter((line) => !/^(more|less|platform)\.ts/.test(line))).toEqual([]);
    const about = (file: string): string => complaints.filter((line) => line.startsWith(file)).join("\n");
    expect(about("more.ts")).toContain(`missing: "rack_explode"`);
    expect(about("less.ts")).toContain(`unexpected: "${operations[0]}"`);
    expect(about("platform.ts")).toContain("Buffer");
    report("types of SDK entry points", chosen.length, documents.length);
  });
});

describe("a bundle for browsers", () => {
  it("calls a service with nothing but what browsers have", async () => {
    const code = await bundle(
      project,
      `import { ApiError, connect, ConnectionError } from "@racklet/dpd-client";
      import { v13 } from "@racklet/dpd-client/v13";
      import { v8 } from "@racklet/dpd-client/v8";
      const entry = { tag: "browser", ip: "10.0.0.1", mac: { a: [2, 0, 0, 0, 0, 1] }, update: "2026-01-01T00:00:00Z" };
      globalThis.run = async (baseUrl) => {
        const dpd = await connect({ baseUrl, versions: [v8, v13] });
        await dpd.client.arp_create({ body: entry });
        const seen = [];
        for await (const { ip } of dpd.client.pages.arp_list({ query: { limit: 1 } })) seen.push(ip);
        const missing = await dpd.client.safe.arp_get({ path: { ip: "10.0.0.2" } });
        const nobody = await v13.create({ baseUrl: "http://127.0.0.1:1", retries: { attempts: 0 } }).safe.arp_list();
        const errors = [missing.error instanceof ApiError, missing.error.status, nobody.error instanceof ConnectionError];
        return [dpd.version, seen, ...errors];
      };`,
    );
    const answer = await runInBrowser(code, rack.dpd[0]?.url ?? "");
    expect(JSON.parse(answer)).toEqual(["13.0.0", ["10.0.0.1"], true, 404, true]);
  });

  it.each(["/v8", ""])(
    "of @racklet/dpd-client%s carries that version alone, and nothing that it does not call",
    async (entry) => {
      const code = await bundle(
        project,
        `import { dpdClient } from "@racklet/dpd-client${entry}";
      globalThis.run = (baseUrl) => dpdClient({ baseUrl }).arp_list();`,
      );
      const dpd = project.packages.find(({ name }) => name === "@racklet/dpd-client");
      const newest = dpd?.specifiers.at(-1) ?? "";
      const [document] = documentsOf([entry === "" ? newest : `@racklet/dpd-client${entry}`]);
      expect([...new Set(code.match(/\b\d+\.\d+\.\d+\b/g))]).toEqual([document?.version]);
      expect(code).not.toContain("has no version in common");
      const size = (path: string): number => readFileSync(join(project.folder, "node_modules", path)).length;
      const table = size(`@racklet/dpd-client/dist/${document?.specifier.split("/")[2]}.js`);
      // The table of its operations, the runtime, and openapi-fetch, which is some 20 KB before it is minified.
      expect(code.length).toBeLessThan(table + size("@racklet/client-runtime/dist/index.js") + 20_000);
    },
  );
});

describe("the examples in the READMEs of the packages", () => {
  it("are there for every package", () => {
    const without = project.packages.filter((each) => examplesOf(each).length === 0).map(({ name }) => name);
    expect(without).toEqual([]);
  });

  /** What each example prints on that Node. One process for all: they run one after the other. */
  async function printed(node: string, propolis: string): Promise<Record<string, string>> {
    const examples = project.packages.flatMap(examplesOf);
    const addresses = {
      "http://127.0.0.1:12220": rack.nexus.external,
      "http://127.0.0.1:12221": rack.nexus.internal,
      "http://127.0.0.1:12232": rack.nexus.lockstep,
      "http://127.0.0.1:12224": rack.dpd[0]?.url ?? "",
      "http://[::1]:12345": rack.sled_agents[0]?.url ?? "",
      "http://127.0.0.1:12400": propolis,
    };
    for (const { name, code } of examples) await project.write(`${name}.js`, at(addresses, code));
    const steps = examples.map(
      ({ name }) => `await import("./${name}.js");\nprocess.stdout.write(${JSON.stringify(END)});\n`,
    );
    await project.write("all.js", steps.join(""));
    const { stdout } = await exec(node, ["all.js"], {
      cwd: project.folder,
      env: { PATH: process.env["PATH"], OXIDE_TOKEN: rack.token },
    });
    const outputs = stdout.split(END);
    return Object.fromEntries(examples.map(({ name }, index) => [name, outputs[index] ?? "nothing"]));
  }

  it.for(MAJORS)("print what they say on Node %i", async (major, { skip }) => {
    const node = await findNode(major);
    if (node === undefined) return skip(`Node ${major} is not installed; npm run test:compat fetches it`);
    const propolis = await startService(PROPOLIS, ["--listen", "127.0.0.1:0"]);
    try {
      const expected = project.packages.flatMap(examplesOf).map(({ name, printed: said }) => [name, said]);
      expect(await printed(node, propolis.url)).toEqual(Object.fromEntries(expected));
    } finally {
      await propolis.stop();
    }
  });
});
