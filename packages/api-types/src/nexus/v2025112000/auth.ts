/** Logging in, and tokens for devices without a browser (OAuth 2.0 device authorization grant). */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";
import { NAME_PATTERN } from "../common.ts";

export const UserId = s.named(
  "UserId",
  s.string({ pattern: NAME_PATTERN, minLength: 1, maxLength: 63 }),
  "The name a user of a silo with local users logs in with; the rules are those of names.",
);

export const Password = s.named("Password", s.string({ maxLength: 512 }), "A password.");

export const UsernamePasswordCredentials = s.named(
  "UsernamePasswordCredentials",
  s.object({ password: Password, username: UserId }),
  "Credentials for a local user's login",
);
export type UsernamePasswordCredentials = Infer<typeof UsernamePasswordCredentials>;

export const DeviceAuthRequest = s.named(
  "DeviceAuthRequest",
  s.object({
    client_id: s.uuid(),
    /** Seconds the token is to live; absent: as long as the confirming credential allows. */
    ttl_seconds: s.nullish(s.integer("uint32", { minimum: 1 })),
  }),
);

export const DeviceAuthVerify = s.named("DeviceAuthVerify", s.object({ user_code: s.string() }));

export const DeviceAccessTokenRequest = s.named(
  "DeviceAccessTokenRequest",
  s.object({ client_id: s.uuid(), device_code: s.string(), grant_type: s.string() }),
);

export const DeviceAccessToken = s.named(
  "DeviceAccessToken",
  s.object({
    id: s.described("identifier of the token, which says nothing about the secret", s.uuid()),
    time_created: s.dateTime(),
    time_expires: s.nullish(s.dateTime()),
  }),
  "An access token, without its secret.",
);
export type DeviceAccessToken = Infer<typeof DeviceAccessToken>;

export const DeviceAccessTokenResultsPage = resultsPageOf("DeviceAccessToken", DeviceAccessToken);
