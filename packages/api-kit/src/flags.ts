/** How a service is told what to do: flags of its command line, each also an environment variable `RACKLET_<FLAG>`. */
import { parseArgs } from "node:util";

/** An unknown flag or a bad value. The message names it and says what is expected. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export type FlagTypes = Readonly<Record<string, { readonly type: "string" | "boolean" }>>;
/** The text of each flag that was given; `true` for a boolean one. */
export type FlagTexts<Name extends string> = ReadonlyMap<Name, string>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws UsageError for a flag that is not among the types. */
export function readArguments<const F extends FlagTypes>(
  types: F,
  argv: readonly string[],
): FlagTexts<keyof F & string> {
  try {
    const { values } = parseArgs({ args: [...argv], options: types, allowPositionals: false });
    // parseArgs answers for the names of `types` only.
    return new Map(Object.entries(values).map(([name, value]) => [name as keyof F & string, String(value)]));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** An empty variable counts as absent. */
export function readEnvironment<const F extends FlagTypes>(types: F, env: Environment): FlagTexts<keyof F & string> {
  const texts = new Map<keyof F & string, string>();
  for (const name of Object.keys(types)) {
    const text = env[`RACKLET_${name.toUpperCase().replaceAll("-", "_")}`];
    if (text !== undefined && text !== "") texts.set(name, text);
  }
  return texts;
}

/** Both; a flag wins over its environment variable. */
export function readFlags<const F extends FlagTypes>(
  types: F,
  argv: readonly string[],
  env: Environment,
): FlagTexts<keyof F & string> {
  return new Map([...readEnvironment(types, env), ...readArguments(types, argv)]);
}
