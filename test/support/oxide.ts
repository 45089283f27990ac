/** The published Oxide SDK, as its users call it, with failures thrown. */
import Oxide, { type ApiResult } from "@oxide/api";

export { Oxide };

/** The data of a success; throws what the server said otherwise. */
export async function ok<T>(result: Promise<ApiResult<T>>): Promise<T> {
  const answer = await result;
  if (answer.type === "success") return answer.data;
  throw new Error(
    answer.type === "error"
      ? `${answer.response.status} ${answer.data.errorCode ?? ""}: ${answer.data.message}`
      : `the SDK could not read the answer: ${answer.text}`,
  );
}

/** Status and message of a call that is expected to fail. */
export async function failure(
  result: Promise<ApiResult<unknown>>,
): Promise<{ status: number; code?: string; message: string }> {
  const answer = await result;
  if (answer.type !== "error") throw new Error(`expected a failure, got ${answer.type}`);
  const { errorCode, message } = answer.data;
  return { status: answer.response.status, ...(errorCode == null ? {} : { code: errorCode }), message };
}

/** Password login: the value of the session cookie. */
export async function login(host: string, silo: string, username: string, password: string): Promise<string> {
  const response = await fetch(`${host}/v1/login/${silo}/local`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  const cookie = /session=([^;]+)/.exec(response.headers.get("set-cookie") ?? "")?.[1];
  if (response.status !== 204 || cookie === undefined)
    throw new Error(`login: ${response.status} ${await response.text()}`);
  return cookie;
}

const CLIENT_ID = "c0ffee00-0000-4000-8000-000000000001";

/** The device flow as a CLI runs it, confirmed in the browser by `session`; answers the access token. */
export async function deviceToken(host: string, session: string): Promise<string> {
  const form = (fields: Record<string, string>) => ({ method: "POST", body: new URLSearchParams(fields) });
  const start = await fetch(`${host}/device/auth`, form({ client_id: CLIENT_ID }));
  const grant = (await start.json()) as { device_code: string; user_code: string };
  const poll = () =>
    fetch(
      `${host}/device/token`,
      form({
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: grant.device_code,
        client_id: CLIENT_ID,
      }),
    );
  const pending = await poll();
  const { error } = (await pending.json()) as { error: string };
  if (pending.status !== 400 || error !== "authorization_pending")
    throw new Error(`before the confirmation: ${pending.status} ${error}`);
  const confirmed = await fetch(`${host}/device/confirm`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie: `session=${session}` },
    body: JSON.stringify({ user_code: grant.user_code }),
  });
  if (confirmed.status !== 204) throw new Error(`confirm: ${confirmed.status} ${await confirmed.text()}`);
  const granted = await poll();
  const { access_token } = (await granted.json()) as { access_token: string };
  if (granted.status !== 200) throw new Error(`token: ${granted.status}`);
  return access_token;
}
