/** Where the recorded answers are. */
import { resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../../../../../openapi/dpd/golden");

export const goldenFile = (version: string): string => resolve(folder, `${version}.jsonl`);
