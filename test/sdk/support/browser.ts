/** A bundle as a web application would make it, and a place to run it that has nothing but what browsers have. */
import { createContext, Script } from "node:vm";
import { join } from "node:path";
import { build, type Rolldown } from "vite";
import type { SdkProject } from "./project.ts";

/** What of a browser's globals a client may need; none is Node's alone. */
const WEB = [
  ...(["fetch", "Request", "Response", "Headers", "FormData", "URL", "URLSearchParams"] as const),
  ...(["AbortController", "AbortSignal", "DOMException", "TextDecoder", "TextEncoder"] as const),
  ...(["setTimeout", "clearTimeout", "performance", "crypto"] as const),
];

/** Not minified, so that it can be looked into. A module that only Node has would fail the build. */
export async function bundle(project: SdkProject, source: string): Promise<string> {
  await project.write("browser.js", source);
  const output = await build({
    configFile: false,
    root: project.folder,
    logLevel: "silent",
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: { entry: join(project.folder, "browser.js"), formats: ["iife"], name: "app" },
    },
  });
  const [first] = (Array.isArray(output) ? output : [output]) as Rolldown.RolldownOutput[];
  const chunks = first?.output.filter((each) => each.type === "chunk") ?? [];
  const [chunk] = chunks;
  if (chunks.length !== 1 || chunk === undefined) throw new Error(`one chunk was expected, not ${chunks.length}`);
  if (chunk.imports.length > 0) throw new Error(`the bundle imports ${chunk.imports.join(", ")}`);
  return chunk.code;
}

/** What `run(argument)` of the bundle answers, as JSON: the values are of another realm. */
export async function runInBrowser(code: string, argument: string): Promise<string> {
  const context = createContext(Object.fromEntries(WEB.map((name) => [name, globalThis[name]])));
  new Script(code).runInContext(context);
  const call = new Script(`run(${JSON.stringify(argument)}).then(JSON.stringify)`);
  return (await call.runInContext(context)) as string;
}
