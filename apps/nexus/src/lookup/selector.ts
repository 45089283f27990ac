/**
 * How things inside a parent are named in requests: an id stands alone, a name needs its parent. Upstream refuses an id
 * that comes with a parent, and words the two refusals differently per resource.
 */
import { invalidRequest } from "../errors.ts";

export type Selector = { readonly id: string } | { readonly name: string };

/** An id, or a name within the given parent. */
export type ChildSelector = { readonly id: string } | { readonly name: string; readonly parent: Selector };

export interface SelectorWords {
  /** The refusal of an id that comes with a parent. */
  readonly surplusParent: string;
  /** The refusal of a name that comes without one. */
  readonly missingParent: string;
}

/** The words for what lives directly in a project; `what` for example `instance`, `Floating IP`. */
export const inProject = (what: string): SelectorWords => ({
  surplusParent: `when providing ${what} as an ID project should not be specified`,
  missingParent: `${what} should either be UUID or project should be specified`,
});

export const IN_PROJECT = {
  instance: inProject("instance"),
  floatingIp: inProject("Floating IP"),
  vpc: {
    surplusParent: "when providing vpc as an ID, project should not be specified",
    missingParent: "vpc should either be an ID or project should be specified",
  },
} as const satisfies Record<string, SelectorWords>;

/** `ancestors`: the nearest first; any of them beside an id is refused. */
export function childSelector(
  selector: Selector,
  ancestors: readonly (Selector | undefined)[],
  words: SelectorWords,
): ChildSelector {
  if ("id" in selector) {
    if (ancestors.some((ancestor) => ancestor !== undefined)) throw invalidRequest(words.surplusParent);
    return selector;
  }
  const [parent] = ancestors;
  if (parent === undefined) throw invalidRequest(words.missingParent);
  return { name: selector.name, parent };
}

/** What a list is over, for lists that need their parent. */
export function requiredParent(parent: Selector | undefined, missingParent: string): Selector {
  if (parent === undefined) throw invalidRequest(missingParent);
  return parent;
}
