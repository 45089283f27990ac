/** The views and controls every service has outside its versioned API, answered to loopback clients only. */
import type { Context } from "hono";
import { getConnInfo } from "@hono/node-server/conninfo";
import { incomingOf } from "./body.ts";
import type { Metrics } from "./metrics.ts";

export interface OpsViews {
  readonly metrics: Metrics;
  /** JSON for `GET /debug/health`. */
  readonly health: () => unknown;
  /** Further `GET` views by path, for example `/debug/opte/ports`. */
  readonly views?: Readonly<Record<string, () => unknown>>;
  /** `POST` controls by path; they take no body and answer JSON. Not for browsers: a page must not steer a service. */
  readonly controls?: Readonly<Record<string, () => unknown>>;
}

const LOOPBACK_PEER = /^(127\.|::1$|::ffff:127\.)/;

type OpsRoute = readonly [methodAndPath: string, respond: (c: Context) => Response | Promise<Response>];

/** The views and controls by `GET /path`. */
export function opsRoutes({ metrics, health, views, controls }: OpsViews): OpsRoute[] {
  const get = (path: string, respond: () => Response | Promise<Response>): OpsRoute => [
    `GET ${path}`,
    (c) => (isLoopback(c) ? respond() : c.text("this view is for loopback clients only\n", 403)),
  ];
  const post = (path: string, control: () => unknown): OpsRoute => [
    `POST ${path}`,
    async (c) => {
      if (!isLoopback(c)) return c.text("this control is for loopback clients only\n", 403);
      if (c.req.header("origin") !== undefined) return c.text("this control is not for browsers\n", 403);
      return Response.json(await control());
    },
  ];
  const asText = { headers: { "content-type": "text/plain; version=0.0.4" } };
  return [
    get("/metrics", () => new Response(metrics.render(), asText)),
    get("/debug/health", async () => Response.json(await health())),
    ...Object.entries(views ?? {}).map(([path, view]) => get(path, async () => Response.json(await view()))),
    ...Object.entries(controls ?? {}).map(([path, control]) => post(path, control)),
  ];
}

function isLoopback(c: Context): boolean {
  return incomingOf(c) === undefined || LOOPBACK_PEER.test(getConnInfo(c).remote.address ?? "");
}
