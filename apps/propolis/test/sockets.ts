/** Real servers and real connections, for what cannot be seen through the app alone. */
import { request } from "node:http";
import { realWorld } from "@racklet/world";
import { WebSocket } from "ws";
import { DEFAULT_CONFIG, startPropolis, type PropolisConfig, type RunningPropolis } from "../src/index.ts";
import type { Answer, Ask } from "./rig.ts";

export interface Server extends RunningPropolis, AsyncDisposable {
  /** `ip:port`. */
  readonly address: string;
  readonly ask: Ask;
}

export const QUICK = { bootMs: [5, 5] as const, stopMs: 2, guestMs: 12, phaseMs: 1 };

export async function serve(config: Partial<PropolisConfig> = {}): Promise<Server> {
  const listen = { host: "127.0.0.1", port: 0 };
  const running = await startPropolis(
    { ...DEFAULT_CONFIG, listen, timing: QUICK, ...config },
    realWorld({ name: "propolis/test" }),
  );
  return {
    ...running,
    address: running.url.slice("http://".length),
    ask: askOver(running.url),
    [Symbol.asyncDispose]: running.close,
  };
}

/** With Node's own client: it sends a body with a GET. */
export function askOver(url: string): Ask {
  return (operation, body, version = "6.0.0") => {
    const [method = "", path = ""] = operation.split(" ");
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise<Answer>((resolve, reject) => {
      const sent = request(`${url}${path}`, {
        method,
        headers: {
          ...(version === null ? {} : { "api-version": version }),
          ...(text === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
        },
      });
      sent.on("error", reject);
      sent.on("response", (response) => {
        let received = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            body: received === "" ? undefined : (JSON.parse(received) as unknown),
          }),
        );
      });
      sent.end(text);
    });
  };
}

/** Waits for a state without missing any in between. */
export async function awaitState(ask: Ask, wanted: string): Promise<void> {
  for (let gen = 0; ;) {
    const { status, body } = await ask("GET /instance/state-monitor", { gen });
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)} while waiting for ${wanted}`);
    const seen = body as { gen: number; state: string };
    if (seen.state === wanted) return;
    gen = seen.gen + 1;
  }
}

/** A client of the serial console. */
export class Console {
  readonly #socket: WebSocket;
  #text = "";
  readonly notices: string[] = [];
  closeReason: string | undefined;
  #wake = (): void => {};

  constructor(address: string, query = "") {
    this.#socket = new WebSocket(`ws://${address}/instance/serial${query}`, { headers: { "api-version": "6.0.0" } });
    this.#socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.#text += data.toString("latin1");
      else this.notices.push(data.toString());
      this.#wake();
    });
    this.#socket.on("close", (code, reason) => {
      this.closeReason = `${code} ${reason.toString()}`;
      this.#wake();
    });
  }

  get text(): string {
    return this.#text;
  }

  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once("open", resolve);
      this.#socket.once("error", reject);
    });
  }

  type(text: string): void {
    this.#socket.send(Buffer.from(text));
  }

  /** Until the text has come; fails when the connection ends first. */
  async shows(text: string): Promise<void> {
    while (!this.#text.includes(text)) {
      if (this.closeReason !== undefined)
        throw new Error(`closed (${this.closeReason}) after ${JSON.stringify(this.#text)}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async closed(): Promise<string> {
    while (this.closeReason === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.closeReason;
  }
}
