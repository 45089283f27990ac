import type { Log } from "@racklet/world";
import type { BodyDigest } from "./body-digest.ts";
import type { PageRequest } from "./pagination.ts";
import type { ApiVersion } from "./versions.ts";

/** What a handler may know of the HTTP request besides its parameters. */
export interface RequestInfo {
  /** Also the `x-request-id` of the answer. */
  readonly id: string;
  readonly operationId: string;
  readonly url: string;
  /** First value of a header, by lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly version: ApiVersion;
  readonly log: Log;
  /** Of the bytes of the body, for operations that recognise repeated ones; see `Repeats`. */
  readonly bodyDigest: BodyDigest | undefined;
}

/** A handler's parsed input, in the newest version's types. */
export interface Input<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Meaningful for paginated operations only. */
  readonly page: PageRequest;
  readonly request: RequestInfo;
}

/** A handler's answer when it needs more than the value: headers, or (freeform operations) its own status and content type. */
export class Reply<T = unknown> {
  readonly value: T;
  readonly headers: readonly (readonly [string, string])[];
  readonly status: number | undefined;

  constructor(value: T, options: { headers?: readonly (readonly [string, string])[]; status?: number } = {}) {
    this.value = value;
    this.headers = options.headers ?? [];
    this.status = options.status;
  }
}
