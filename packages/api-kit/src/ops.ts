/** The read-only views every service has outside its versioned API, answered to loopback clients only. */
import type { Hono } from "hono";
import { getConnInfo } from "@hono/node-server/conninfo";
import { incomingOf } from "./body.ts";
import type { Metrics } from "./metrics.ts";

export interface OpsViews {
  readonly metrics: Metrics;
  /** JSON for `GET /debug/health`. */
  readonly health: () => unknown;
  /** Further `GET` views by path, for example `/debug/opte/ports`. */
  readonly views?: Readonly<Record<string, () => unknown>>;
}

const LOOPBACK_PEER = /^(127\.|::1$|::ffff:127\.)/;

/** Mounts the views; call it before the versioned API is mounted. */
export function mountOps(app: Hono, { metrics, health, views }: OpsViews): void {
  const get = (path: string, respond: () => Response | Promise<Response>) => {
    app.get(path, (c) => {
      const remote = incomingOf(c) === undefined ? "127.0.0.1" : (getConnInfo(c).remote.address ?? "");
      if (!LOOPBACK_PEER.test(remote)) return c.text("this view is for loopback clients only\n", 403);
      return respond();
    });
  };
  get("/metrics", () => new Response(metrics.render(), { headers: { "content-type": "text/plain; version=0.0.4" } }));
  get("/debug/health", async () => Response.json(await health()));
  for (const [path, view] of Object.entries(views ?? {})) get(path, async () => Response.json(await view()));
}
