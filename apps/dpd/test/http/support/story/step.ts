/** A request of the story, and the names that several of its parts use. */
export interface Step {
  readonly operation: string;
  readonly body?: unknown;
  readonly from?: number;
  readonly until?: number;
}

/** Above every version. */
export const END = 99;

export const step = (operation: string, body?: unknown, from = 1, until = END): Step => ({
  operation,
  body,
  from,
  until,
});
export const MAC = { a: [168, 64, 37, 240, 0, 9] };
export const LINK = { speed: "Speed100G", fec: "RS" };
export const Q0 = "/ports/qsfp0/links/0";
export const MISSING_LINK = "/ports/qsfp0/links/3";
export const NO_PORT = "/ports/qsfp32";
