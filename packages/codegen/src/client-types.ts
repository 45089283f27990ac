/** TypeScript types of a document. Heavy (it loads the TypeScript 5.9 compiler): import it only when there is work. */
import openapiTS, { astToString } from "openapi-typescript";
import type { DocumentFile } from "./documents.ts";

export async function clientTypes(document: DocumentFile): Promise<string> {
  const tree = await openapiTS(document.text, { alphabetize: false, silent: true });
  return `/** Generated from ${document.path}. */\n${astToString(tree)}`;
}
