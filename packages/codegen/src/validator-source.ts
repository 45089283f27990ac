/** The text of one validator module. Loads the ajv compiler: import it only when there is work. */
import { compileModule } from "./ajv-module.ts";
import { sharedSchemas } from "./shared-schemas.ts";
import type { WantedValidator } from "./validator-plan.ts";

export function validatorSource(exportName: string, wanted: readonly WantedValidator[]): string {
  const shared = sharedSchemas();
  const entries = new Map(
    wanted.map(({ key, documentId, document, schema }) => [key, shared.add(documentId, document, schema)]),
  );
  return compileModule(exportName, shared.all, entries);
}

export function validatorTypes(exportName: string): string {
  return `import type { Validators } from "@racklet/api-kit/validate";\nexport const ${exportName}: Validators;\n`;
}
