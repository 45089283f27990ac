/** Specs of fake services. */
import { fileURLToPath } from "node:url";
import type { ServiceSpec } from "../../src/supervisor/types.ts";

export const fakeMain = fileURLToPath(new URL("service.ts", import.meta.url));

export function spec(name: string, ...args: string[]): ServiceSpec {
  return { name, kind: "dpd", args, env: {}, url: "http://127.0.0.1:1" };
}
