/**
 * `node test/compat/record.ts [API [VERSION …]]`: records what the services answer in each version, or in those given, in
 * openapi/<api>/golden. What changes in a version that has been published is a broken promise, not an update.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { ApiDocument } from "../fuzz/support/documents.ts";
import type { StartTarget } from "../fuzz/support/target.ts";
import { documentsOf } from "./support/cells.ts";
import { CHOSEN, RECORDED } from "./support/golden-apis.ts";
import {
  goldenFile,
  goldenFolder,
  Masks,
  recordedVersions,
  replay,
  type Golden,
  type GoldenFault,
} from "./support/goldens.ts";
import { recordVersion } from "./support/recorder.ts";

const [asked, ...versions] = process.argv.slice(2);
for (const { ident, api, start } of RECORDED.filter((each) => asked === undefined || each.ident === asked)) {
  mkdirSync(goldenFolder(ident), { recursive: true });
  const documents = documentsOf(api);
  const known = new Set(documents.map(({ version }) => version));
  for (const version of recordedVersions(ident).filter((each) => !known.has(each))) rmSync(goldenFile(ident, version));
  for (const document of documents.filter(({ version }) => versions.length === 0 || versions.includes(version))) {
    const { version } = document;
    let goldens = await recordOnce(start, document, new Set());
    // What comes out in another order the second time has one that is drawn.
    const drawn = await faultsOf(start, version, goldens);
    if (drawn.length > 0) {
      goldens = await recordOnce(start, document, new Set(drawn.map(({ operation }) => operation)));
      const faults = await faultsOf(start, version, goldens);
      for (const { text } of faults) process.stderr.write(`${ident} ${version} is not repeatable: ${text}\n`);
      if (faults.length > 0) process.exitCode = 1;
    }
    writeFileSync(goldenFile(ident, version), goldens.map((golden) => `${JSON.stringify(golden)}\n`).join(""));
    const successes = goldens.filter(({ status }) => status < 400).length;
    process.stdout.write(`${ident} ${version}: ${goldens.length} answers, ${successes} of them successes\n`);
  }
}
process.exit();

async function recordOnce(
  start: StartTarget,
  document: ApiDocument,
  unordered: ReadonlySet<string>,
): Promise<Golden[]> {
  const target = await start();
  try {
    return await recordVersion(target, document, new Masks(CHOSEN), unordered);
  } finally {
    await target.close();
  }
}

async function faultsOf(start: StartTarget, version: string, goldens: readonly Golden[]): Promise<GoldenFault[]> {
  const target = await start();
  try {
    return await replay(target, version, goldens, new Masks(CHOSEN));
  } finally {
    await target.close();
  }
}
