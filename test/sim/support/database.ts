/**
 * What every run begins with: a project, floating IPs, and pools of every kind. It is made once for a test file, by a rack without sleds, and
 * each run gets a copy of its database.
 */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fastDirectory } from "@racklet/store/testing";
import { SimRack } from "./rack.ts";
import { FLOATING } from "./scenario.ts";

const POOLS = [
  { name: "addresses", first: "10.1.0.0", last: "10.1.0.63", isDefault: true, of: {} },
  { name: "any4", first: "224.1.0.0", last: "224.1.255.255", isDefault: true, of: { pool_type: "multicast" } },
  {
    name: "any6",
    first: "ff0e::1",
    last: "ff0e::ffff",
    isDefault: true,
    of: { pool_type: "multicast", ip_version: "v6" },
  },
  // A silo has one default of each kind and version.
  { name: "some4", first: "232.1.0.0", last: "232.1.255.255", isDefault: false, of: { pool_type: "multicast" } },
] as const;

export interface FreshDatabase {
  readonly url: string;
  dispose(): void;
}

let template: Promise<string> | undefined;
let copies = 0;

export async function freshDatabase(): Promise<FreshDatabase> {
  const directory = await (template ??= makeTemplate());
  const file = join(directory, `${++copies}.db`);
  copyFileSync(join(directory, "template.db"), file);
  const dispose = (): void => ["", "-wal", "-shm"].forEach((suffix) => rmSync(`${file}${suffix}`, { force: true }));
  return { url: `sqlite:${file}`, dispose };
}

/** At the end of a test file: nothing is left of the template and its copies. */
export async function removeDatabases(): Promise<void> {
  const directory = await template;
  template = undefined;
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}

async function makeTemplate(): Promise<string> {
  const directory = mkdtempSync(join(fastDirectory(), "racklet-sim-"));
  const rack = await SimRack.start({ seed: 0, sleds: 0, database: `sqlite:${join(directory, "template.db")}` });
  await rack.ok("POST", "/v1/projects", { name: "p", description: "" });
  for (const { name, first, last, isDefault, of } of POOLS) {
    await rack.ok("POST", "/v1/system/ip-pools", { name, description: "", ...of });
    await rack.ok("POST", `/v1/system/ip-pools/${name}/ranges/add`, { first, last });
    await rack.ok("POST", `/v1/system/ip-pools/${name}/silos`, { silo: "default-silo", is_default: isDefault });
  }
  for (const name of FLOATING) await rack.ok("POST", "/v1/floating-ips?project=p", { name, description: "" });
  await rack.stop();
  return directory;
}
