/**
 * Values that requests draw from again and again, so that they meet what earlier requests made: by the name of the field or
 * parameter (of the operation, for whole bodies), and the ids that answers have shown.
 */
export interface Pool {
  /** Those known for a field of this name. They need not fit every schema. */
  named(name: string): readonly unknown[];
  /** No other value will do: the service asks for more than a document can say. */
  isExact(name: string): boolean;
  /** Ids of things that exist, or once did. */
  readonly ids: readonly string[];
  /** Remembers the ids in an answer. */
  learn(answer: unknown): void;
}

const MAX_IDS = 64;

export interface PoolOptions {
  readonly ids?: readonly string[];
  readonly exact?: readonly string[];
}

export function createPool(
  named: Readonly<Record<string, readonly unknown[]>>,
  { ids = [], exact = [] }: PoolOptions = {},
): Pool {
  const known = [...ids];
  const learn = (value: unknown): void => {
    if (Array.isArray(value)) value.slice(0, 8).forEach(learn);
    else if (typeof value === "object" && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        if (typeof part === "object") learn(part);
        else if (/(^|_)id$/.test(key) && typeof part === "string" && !known.includes(part)) {
          // The oldest of the learned ones makes room.
          if (known.length >= MAX_IDS) known.splice(ids.length, 1);
          known.push(part);
        }
      }
    }
  };
  return {
    named: (name) => (Object.hasOwn(named, name) ? (named[name] ?? []) : []),
    isExact: (name) => exact.includes(name),
    ids: known,
    learn,
  };
}
