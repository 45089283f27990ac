/** The version of racklet, from its own manifest. */
import { readFileSync } from "node:fs";

export function rackletVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}
