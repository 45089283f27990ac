/** The examples in the packages' READMEs: every block of JavaScript, and the text that it says it prints. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { InstalledPackage } from "./project.ts";

export interface Example {
  /** For example `dpd-client-1`. */
  readonly name: string;
  readonly code: string;
  readonly printed: string;
}

const BLOCKS = /```js\n(?<code>[\s\S]*?)```\n\n```text\n(?<printed>[\s\S]*?)```/g;

export function examplesOf({ name, folder }: InstalledPackage): Example[] {
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const examples = [...readme.matchAll(BLOCKS)].map(({ groups }, index) => ({
    name: `${name.slice("@racklet/".length)}-${index + 1}`,
    code: groups?.["code"] ?? "",
    printed: groups?.["printed"] ?? "",
  }));
  const blocks = readme.split("```js\n").length - 1;
  if (examples.length !== blocks)
    throw new Error(`${name}: ${blocks} examples, ${examples.length} say what they print`);
  return examples;
}

/** Puts the addresses of running services in the place of the usual ones. */
export function at(addresses: Readonly<Record<string, string>>, code: string): string {
  const text = Object.entries(addresses).reduce((each, [usual, actual]) => each.replaceAll(usual, actual), code);
  const left = /http:\/\/[^"]+:12\d{3}\b/.exec(text);
  if (left !== null) throw new Error(`no service stands for ${left[0]}`);
  return text;
}
