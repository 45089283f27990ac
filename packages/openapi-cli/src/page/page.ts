/** `docs/versions.md`: which version changed what, who may be newer than whom, and how to add a version. */
import { emitDocument } from "@racklet/api-kit/emit";
import type { Api } from "@racklet/api-kit/declare";
import { wireDiff, type WireDocument } from "@racklet/api-kit/wire-diff";
import { isLockstep } from "../generated.ts";
import { EXAMPLE, type ExampleFile } from "./example.ts";
import { EXAMPLE_HEAD, EXAMPLE_TAIL, HEAD, POLICY } from "./texts.ts";
import { changesInWords } from "./words.ts";

export function versionsPage(apis: readonly Api[]): string {
  const parts = [
    HEAD,
    overview(apis),
    POLICY,
    EXAMPLE_HEAD,
    ...EXAMPLE.map((each, i) => exampleFile(each, i + 1)),
    EXAMPLE_TAIL,
    "## What each version changed\n",
    ...apis.filter((api) => api.versions.all.length > 1).map(changesOf),
  ];
  return `${parts.map((part) => part.trimEnd()).join("\n\n")}\n`;
}

const MISSING: Readonly<Record<Api["onMissing"], string>> = {
  refuse: "400",
  latest: "the newest",
  unversioned: "no matter: client and server are of one release",
};

function overview(apis: readonly Api[]): string {
  const rows = apis.map(({ ident, versions: { all, latest }, onMissing, operations }) => {
    const [oldest] = all;
    const range =
      oldest === latest || oldest === undefined ? latest.semver.text : `${oldest.semver.text} … ${latest.semver.text}`;
    return `| ${ident} | ${all.length} | ${range} | ${MISSING[onMissing]} | ${Object.keys(operations).length} |`;
  });
  return ["| API | versions | | without the header | operations |", "| --- | --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}

function exampleFile(each: ExampleFile, step: number): string {
  const title = `${step}. \`${each.file}\`${each.kind === "new" ? " (new)" : ""}. ${each.why}`;
  if (each.kind === "new") return `${title}\n\n${indented(`\`\`\`ts\n${each.text}\`\`\``)}`;
  const hunks = each.edits.map(({ before, after }) => diffLines(before, after).join("\n"));
  return `${title}\n\n${indented(`\`\`\`diff\n${hunks.join("\n")}\n\`\`\``)}`;
}

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : `   ${line}`))
    .join("\n");

// What both have at their beginning is context.
function diffLines(before: string, after: string): string[] {
  const [old, now] = [before.trimEnd().split("\n"), after.trimEnd().split("\n")];
  const same = now.findIndex((line, i) => line !== old[i]);
  const shared = same === -1 ? old.length : same;
  return [
    ...old.slice(0, shared).map((line) => ` ${line}`),
    ...old.slice(shared).map((line) => `-${line}`),
    ...now.slice(shared).map((line) => `+${line}`),
  ];
}

function changesOf(api: Api): string {
  const documents = api.versions.all.map(({ ordinal }) => emitDocument(api, ordinal) as unknown as WireDocument);
  const sections = api.versions.all.toReversed().map(({ semver, label, ordinal }) => {
    const [before, after] = [documents[ordinal - 1], documents[ordinal]];
    const lines = before === undefined || after === undefined ? ["the first"] : changesInWords(wireDiff(before, after));
    const shown = lines.length === 0 ? ["nothing on the wire: documentation, or how something behaves"] : lines;
    return `**${semver.text}** \`${label}\`\n\n${shown.map((line) => `* ${line}`).join("\n")}`;
  });
  const lockstep = isLockstep(api) ? " (lockstep)" : "";
  return [`### ${api.ident}${lockstep}`, ...sections].join("\n\n");
}
