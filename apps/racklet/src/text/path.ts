/** Paths as people type them. */
import { isAbsolute, relative, resolve } from "node:path";

/** Relative to the working directory for what is inside it, absolute otherwise. */
export function displayPath(path: string): string {
  const inside = relative(process.cwd(), resolve(path));
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? resolve(path) : inside;
}
