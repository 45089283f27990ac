/** What every generated client is made of: calls with deadlines, bounded answers, typed errors, retries and pages. */
export { createApiClient } from "./client.ts";
export { connect, type Connection, type ConnectionOf, type ConnectOptions } from "./connect.ts";
export type { ClientDefinition, OperationDefinition, RawArgs } from "./definition.ts";
export {
  ApiError,
  ClientError,
  ConnectionError,
  NoCommonVersionError,
  ProtocolError,
  UnsupportedVersionError,
  type ConnectionFailure,
} from "./errors.ts";
export { supportedVersions, type ClientVersion, type SupportedVersions } from "./negotiate.ts";
export type { CallOptions, ClientOptions, ClientWorld, RetryOptions } from "./options.ts";
export type { ApiClient, ArgsOf, Call, OperationTypes, Outcome, PagesCall, ResultOf } from "./types.ts";
