/** Differences between two versions in words: operations that came and went, and what else changed, once for all operations it is the same in. */
import type { Change } from "@racklet/api-kit/wire-diff";

/** One line per change, without the bullet. Trivial changes say nothing. */
export function changesInWords(changes: readonly Change[]): string[] {
  const told = changes.filter((change) => change.class !== "trivial");
  const added = told.filter(({ message }) => message === "operation added").map(({ at }) => code(at));
  const removed = told.filter(({ message }) => message === "operation removed").map(({ at }) => code(at));
  const rest = told.filter(({ message }) => !/^operation (added|removed)$/.test(message));
  const groups = new Map<string, string[]>();
  for (const change of rest) {
    const { operation, place } = placeOf(change);
    const key = `${place === "" ? "" : `${place}: `}${change.message}${forWhom(change)}`;
    const operations = groups.get(key) ?? [];
    if (!operations.includes(operation)) operations.push(operation);
    groups.set(key, operations);
  }
  return [
    ...(added.length === 0 ? [] : [`new: ${added.join(", ")}`]),
    ...(removed.length === 0 ? [] : [`gone: ${removed.join(", ")}`]),
    ...[...groups].map(([what, operations]) => `${operations.map(code).join(", ")} – ${what}`),
  ];
}

const code = (text: string): string => `\`${text}\``;

/** \`PUT /nat/{} body.target.vni\` is an operation and a place in it. */
function placeOf({ at }: Change): { operation: string; place: string } {
  const [method = "", path = "", ...rest] = at.split(" ");
  const place = rest.join(" ");
  const [, side = place, field = ""] = /^(body|\d{3})\.?(.*)$/.exec(place) ?? [];
  const where = side === "body" ? "the request's body" : /^\d{3}$/.test(side) ? "the answer" : place;
  return { operation: `${method} ${path}`, place: field === "" ? where : `${where}, ${code(field)}` };
}

function forWhom({ class: kind }: Change): string {
  if (kind === "request-breaking") return " (requests of before may be refused)";
  if (kind === "response-breaking") return " (readers of before may be surprised)";
  return "";
}
