/** What can go wrong in Nexus' domain, in upstream's terms. The HTTP layer has the one table that maps kinds to statuses. */
export type ErrorKind =
  | "object-not-found"
  | "not-found"
  | "object-already-exists"
  | "invalid-request"
  | "invalid-value"
  | "unauthenticated"
  | "forbidden"
  | "conflict"
  | "gone"
  | "insufficient-capacity"
  | "unavailable"
  /** A service of the rack could not be reached, or answered nonsense. */
  | "bad-gateway"
  /** A service of the rack did not answer in time. */
  | "gateway-timeout"
  | "internal";

export class NexusError extends Error {
  override readonly name = "NexusError";
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** `type` is the resource in kebab-case, for example `ip-pool`. */
export const notFoundByName = (type: string, name: string): NexusError =>
  new NexusError("object-not-found", `not found: ${type} with name "${name}"`);
export const notFoundById = (type: string, id: string): NexusError =>
  new NexusError("object-not-found", `not found: ${type} with id "${id}"`);
export const notFound = (text: string): NexusError => new NexusError("object-not-found", `not found: ${text}`);
export const alreadyExists = (type: string, name: string): NexusError =>
  new NexusError("object-already-exists", `already exists: ${type} "${name}"`);
export const invalidRequest = (text: string): NexusError => new NexusError("invalid-request", text);
export const invalidValue = (label: string, text: string): NexusError =>
  new NexusError("invalid-value", `unsupported value for "${label}": ${text}`);
export const conflict = (text: string): NexusError => new NexusError("conflict", text);
export const unauthenticated = (internal: string): NexusError =>
  new NexusError("unauthenticated", "credentials missing or invalid", new Error(internal));
export const forbidden = (): NexusError => new NexusError("forbidden", "Forbidden");
export const unavailable = (text: string, cause?: unknown): NexusError => new NexusError("unavailable", text, cause);
export const insufficientCapacity = (text: string): NexusError =>
  new NexusError("insufficient-capacity", `Insufficient capacity: ${text}`);
