import { UniqueViolation } from "@racklet/store";
import { alreadyExists } from "../errors.ts";

/**
 * The outcome of `work`, where a second live row of the same name becomes the error users know. `type` is the resource
 * in kebab-case. Wrap the whole transaction, not a statement in it: a failed statement dooms its transaction.
 */
export async function refusingSameName<T>(type: string, name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof UniqueViolation && error.columns.includes("name")) throw alreadyExists(type, name);
    throw error;
  }
}
