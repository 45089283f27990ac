/** Requests and responses as they travel: read once, whole, and rebuilt; a request as often as it is delivered. */
export interface Message {
  /** `GET /path?query`, for the trace. */
  readonly what: string;
  toRequest(): Request;
}

export async function readRequest(request: Request): Promise<Message> {
  const { method, url } = request;
  const headers = new Headers(request.headers);
  const body = request.body === null ? null : await request.arrayBuffer();
  // Node's fetch adds the length on the wire; servers that refuse a body before reading it look at it.
  if (body !== null && !headers.has("content-length")) headers.set("content-length", String(body.byteLength));
  const { host, pathname, search } = new URL(url);
  if (!headers.has("host")) headers.set("host", host);
  return {
    what: `${method} ${pathname}${search}`,
    toRequest: () => requestOf(url, method, headers, body?.slice(0) ?? null),
  };
}

// Request itself refuses a body on a GET, which the World's fetch allows.
function requestOf(url: string, method: string, headers: Headers, body: ArrayBuffer | null): Request {
  if (method !== "GET" || body === null) return new Request(url, { method, headers, body });
  return Object.defineProperty(new Request(url, { method: "POST", headers, body }), "method", { value: method });
}

/** The response once more, with its body complete. */
export async function readResponse(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const body = response.body === null ? null : await response.arrayBuffer();
  return new Response(body, { status, statusText, headers });
}
