/** Sends a GET with a body, which HTTP allows and the platform's fetch does not. */
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

export function isGetWithBody({ method, body }: Request): boolean {
  return method === "GET" && body !== null;
}

/** Rejects with the signal's reason when the request is aborted, otherwise with the error of the connection. */
export async function sendGetWithBody(request: Request): Promise<Response> {
  // Here, because it brings the platform's fetch with it, which a short command of the launcher does without.
  const { request: send } = await import("node:http");
  const { url, headers, signal } = request;
  signal.throwIfAborted();
  const body = Buffer.from(await request.arrayBuffer());
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const sent = send(url, {
      method: "GET",
      headers: { ...Object.fromEntries(headers), "content-length": body.length },
      signal,
    });
    sent.on("error", (error) => reject(signal.aborted ? signal.reason : error));
    sent.on("response", (incoming) => resolve(responseOf(incoming)));
    sent.end(body);
  });
}

function responseOf(incoming: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  // Node's own stream, in the form of the standard.
  const body = Readable.toWeb(incoming) as ReadableStream<Uint8Array<ArrayBuffer>>;
  return new Response(body, { status: incoming.statusCode ?? 0, headers });
}
