/**
 * Which versions of an API a server speaks, asked without side effects. Our servers list theirs under an address outside
 * the versioned API. Others know no such address, but they judge the version header before they look for the address: they
 * answer 404 to a version they accept and 400 to one that is newer than they are.
 */
import { createApiClient } from "./client.ts";
import { ApiError, ProtocolError, UnsupportedVersionError, type CallIdentity } from "./errors.ts";
import type { ClientOptions } from "./options.ts";
import type { Call } from "./types.ts";

/** One version of a service's client, as its entry point exports it: `v13` of `@racklet/dpd-client/v13`. */
export interface ClientVersion<Version extends string = string, Client = unknown> {
  /** Name of the API, for example `dpd`. */
  readonly service: string;
  /** For example `13.0.0`. */
  readonly version: Version;
  create(options: ClientOptions): Client;
}

export interface SupportedVersions<Version extends string = string> {
  /** Those that were asked for and the server speaks, newest first. */
  readonly common: readonly Version[];
  /** All that the server speaks, oldest first; null where it does not list them. */
  readonly listed: readonly string[] | null;
}

/**
 * Which of `versions` the server speaks. Throws ProtocolError when what answers is not the service, and what every call
 * throws when nothing answers.
 */
export async function supportedVersions<const V extends ClientVersion>(
  options: ClientOptions & { readonly versions: readonly V[] },
): Promise<SupportedVersions<V["version"]>> {
  const candidates = newestFirst(options.versions);
  for (const [index, candidate] of candidates.entries()) {
    const answer = await ask(candidate, options);
    if (answer === "refused") continue;
    // A server accepts whatever is not newer than itself.
    const spoken =
      answer === "accepted"
        ? candidates.slice(index)
        : candidates.filter(({ version }) => answer.supported.includes(version));
    return { common: spoken.map(({ version }) => version), listed: answer === "accepted" ? null : answer.supported };
  }
  return { common: [], listed: null };
}

/** Newest first, and refused when they are not versions of one service. */
export function newestFirst<V extends ClientVersion>(versions: readonly V[]): V[] {
  const services = [...new Set(versions.map(({ service }) => service))];
  if (services.length !== 1) {
    throw new TypeError(`versions of one service are needed, these are of ${services.join(" and ") || "none"}`);
  }
  return [...versions].sort((a, b) => compareVersions(b.version, a.version));
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (const [index, part] of left.entries()) {
    const difference = part - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

interface Listing {
  readonly ident: string;
  readonly supported: readonly string[];
}

const PATH = "/.well-known/api-versions";
const OPERATION = "api_versions";

interface ListingOperation {
  readonly parameters: { readonly path?: never; readonly query?: never };
  readonly responses: { readonly 200: { readonly content: { readonly "application/json": unknown } } };
}

async function ask(candidate: ClientVersion, options: ClientOptions): Promise<Listing | "accepted" | "refused"> {
  const { service, version } = candidate;
  const call: CallIdentity = { service, operationId: OPERATION, peer: options.baseUrl };
  const operations = { [OPERATION]: { method: "GET", path: PATH, success: 200, idempotent: true } } as const;
  const client = createApiClient<{ readonly [OPERATION]: Call<ListingOperation> }, object>(
    { service, version, operations },
    options,
  );
  try {
    return readListing(call, await client[OPERATION]());
  } catch (error) {
    if (error instanceof UnsupportedVersionError) return "refused";
    // Only a service of this kind numbers its requests; anybody's web server answers 404.
    if (error instanceof ApiError && error.status === 404 && error.requestId !== undefined) return "accepted";
    throw error;
  }
}

function readListing(call: CallIdentity, value: unknown): Listing {
  const { ident, supported } = (value ?? {}) as { ident?: unknown; supported?: unknown };
  if (typeof ident !== "string" || !isTexts(supported)) {
    throw new ProtocolError(call, 200, `${PATH} answered with something that is no list of versions`);
  }
  if (ident !== call.service) throw new ProtocolError(call, 200, `this is ${ident}, not ${call.service}`);
  return { ident, supported };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
