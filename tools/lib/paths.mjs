/** Where things are in the checkout. Everything the tool chain writes is git-ignored. */
import { readFileSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const toolsDir = join(root, ".tools");
export const binDir = join(root, "node_modules", ".bin");
export const resultsDir = join(toolsDir, "results");

/** The pin of the package manager, for example `pnpm@12.21.0`. */
export function pnpmPin() {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return String(manifest.packageManager).split("+")[0] ?? "";
}

export function pnpmHome() {
  return join(toolsDir, pnpmPin().replace("@", "-"));
}

/**
 * The folder of pnpm's real executable, or undefined while it is not installed. Not `.bin/pnpm`: that is a placeholder
 * without a `#!` line when install scripts are off, which a shell tolerates and turbo does not.
 */
export function pnpmDir() {
  const scope = join(pnpmHome(), "node_modules", "@pnpm");
  for (const name of list(scope)) {
    if (name.startsWith("exe.") && list(join(scope, name)).includes("pnpm")) return join(scope, name);
  }
  return undefined;
}

/** Of an outer npm's variables only these are the user's own settings; the rest would confuse the pnpm inside. */
const keptNpmSettings =
  /^npm_config_(registry|userconfig|cache|cafile|strict_ssl|proxy|https_proxy|noproxy|fetch_\w+)$/i;

/**
 * The environment of every child: pinned tools first on PATH (so `node` means the pinned Node), nothing of an outer
 * npm but its registry, proxy and cache, and a compile cache that makes the second start of a service faster.
 */
export function childEnv() {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || keptNpmSettings.test(name)),
  );
  return {
    ...env,
    PATH: [binDir, pnpmDir(), env.PATH].filter(Boolean).join(delimiter),
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(toolsDir, "compile-cache"),
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
    DO_NOT_TRACK: "1",
  };
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  }
}
