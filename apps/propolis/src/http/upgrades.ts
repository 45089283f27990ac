/**
 * Requests that become WebSockets. A handler checks such a request like any other and says what is to be done with the
 * connection; the listener then looks here, by the id of the request, whether to shake hands or to send the answer.
 */
import { HttpError, Reply, type RequestInfo } from "@racklet/api-kit";
import type { ServeChannel } from "@racklet/world";

/** Accepted and not taken: only requests that the listener did not recognise stay, and their connections are none. */
const MAX_WAITING = 64;

export class Upgrades {
  readonly #accepted = new Map<string, ServeChannel>();

  /** Throws HttpError 400 for a request that asks for no WebSocket. */
  accept({ id, header }: RequestInfo, serve: ServeChannel): Reply<void> {
    if (header("upgrade")?.toLowerCase() !== "websocket") throw HttpError.badRequest("expected connection upgrade");
    if (header("sec-websocket-version") !== "13") throw HttpError.badRequest("missing or invalid websocket version");
    if (header("sec-websocket-key") === undefined) throw HttpError.badRequest("missing websocket key");
    const [oldest] = this.#accepted.keys();
    if (oldest !== undefined && this.#accepted.size >= MAX_WAITING) this.#accepted.delete(oldest);
    this.#accepted.set(id, serve);
    return new Reply(undefined);
  }

  /** What to do with the connection of the request; undefined when it was refused. */
  take(requestId: string): ServeChannel | undefined {
    const serve = this.#accepted.get(requestId);
    this.#accepted.delete(requestId);
    return serve;
  }
}
