/** Logging in and out, and the device flow by which a program gets an access token. */
import { declare } from "@racklet/api-kit";
import { nameParam } from "../common.ts";
import {
  DeviceAccessTokenRequest,
  DeviceAuthRequest,
  DeviceAuthVerify,
  UsernamePasswordCredentials,
} from "../latest.ts";
import { V } from "../versions.ts";

export const authOperations = {
  login_local: declare({
    operationId: "login_local",
    method: "POST",
    path: "/v1/login/{silo_name}/local",
    tags: ["login"],
    params: { silo_name: nameParam() },
    summary: "Log in with user name and password",
    description:
      "Sets the session cookie. A wrong password, an unknown user and an unknown silo are one and the same 401. Needs no credentials.",
    revisions: [{ since: V.INITIAL, body: UsernamePasswordCredentials }],
  }),
  logout: declare({
    operationId: "logout",
    method: "POST",
    path: "/v1/logout",
    tags: ["console-auth"],
    idempotent: true,
    summary: "Log out",
    description: "Ends the session of the cookie and clears the cookie. Without a session it does nothing.",
    revisions: [{ since: V.INITIAL }],
  }),
  device_auth_request: declare({
    operationId: "device_auth_request",
    method: "POST",
    path: "/device/auth",
    tags: ["console-auth"],
    bodyType: "form",
    freeform: true,
    summary: "Begin the login of a device (OAuth 2.0)",
    description:
      "Answers with a device code to poll `/device/token` with, and a user code that a person confirms within five minutes. Needs no credentials.",
    revisions: [{ since: V.INITIAL, body: DeviceAuthRequest }],
  }),
  device_auth_confirm: declare({
    operationId: "device_auth_confirm",
    method: "POST",
    path: "/device/confirm",
    tags: ["console-auth"],
    summary: "Allow a device to log in (OAuth 2.0)",
    description: "The device gets a token of the caller. A code works once; an expired one is 400, an unknown one 404.",
    revisions: [{ since: V.INITIAL, body: DeviceAuthVerify }],
  }),
  device_access_token: declare({
    operationId: "device_access_token",
    method: "POST",
    path: "/device/token",
    tags: ["console-auth"],
    bodyType: "form",
    freeform: true,
    summary: "Ask for the token of a device authorization grant",
    description:
      "OAuth errors are 400 with `error`: `authorization_pending` until the user has confirmed, `expired_token` when nobody did in time, `invalid_grant` when the token was handed out before. Needs no credentials.",
    revisions: [{ since: V.INITIAL, body: DeviceAccessTokenRequest }],
  }),
};
