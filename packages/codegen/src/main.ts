/** `node packages/codegen/src/main.ts`: generates clients and validators from the documents in openapi/. */
import { resolve } from "node:path";
import { generate } from "./generate.ts";

const root = resolve(import.meta.dirname, "../../..");
const { made, kept, removed, failures } = await generate({
  root,
  loadApis: async () => (await import("@racklet/api-types/registry")).apis,
});
if (made > 0 || removed > 0) console.error(`codegen: ${made} files written, ${kept} up to date, ${removed} removed`);
for (const failure of failures) console.error(`codegen: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
