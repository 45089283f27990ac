/** One shape for run-time validation, whoever generated it. */
export interface Issue {
  /** Where, in the notation `entries[0].target.vni`; empty for the whole value. */
  readonly path: string;
  readonly message: string;
}

export type Validator = (value: unknown, words?: PatternWords) => Issue | null;

/** By pattern: why a text does not match it, for people. Null: it says no more than the pattern itself. */
export type PatternWords = Readonly<Record<string, (text: string) => string | null>>;

/** Validators of an API by `bodyKey`/`responseKey`. */
export type Validators = Readonly<Record<string, Validator>>;

export const bodyKey = (operationId: string, since: string): string => `${operationId}@${since}`;
export const responseKey = (operationId: string, since: string): string => `${operationId}@${since}:response`;
