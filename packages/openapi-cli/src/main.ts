/** The command line of `run`: this repository's declarations and documents, printed on standard output. */
import { resolve } from "node:path";
import { apis } from "@racklet/api-types/registry";
import { gitHistory } from "./history.ts";
import { FAILURE, run } from "./run.ts";

const folder = resolve(import.meta.dirname, "../../../openapi");
const page = resolve(folder, "../docs/versions.md");
const output = { write: (line: string) => console.log(line), colour: process.stdout.isTTY === true };
try {
  process.exitCode = run(process.argv.slice(2), { apis, folder, history: gitHistory(folder), output, page });
} catch (error) {
  console.error(`openapi: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = FAILURE;
}
