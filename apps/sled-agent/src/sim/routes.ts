/** The simulator's own routes, in any API version: they advance VMMs that nothing else advances. */
import type { Hono } from "hono";
import { HttpError } from "@racklet/api-kit";
import { canonicalUuid } from "@racklet/net";
import { translateError } from "../http/errors.ts";
import type { SimVmms } from "./sim-vmms.ts";

/** Takes the requests it knows; the rest are the API's. */
export function mountSimRoutes(app: Hono, vmms: SimVmms): void {
  const post = (path: string, act: (propolisId: string, body: unknown) => Promise<unknown> | void) =>
    app.post(`/vmms/:id/${path}`, async (c) => {
      try {
        const id = canonicalUuid(c.req.param("id"));
        if (id === null) throw HttpError.badRequest("bad parameter in URL path: propolis_id: not a UUID");
        await act(id, path === "sim-migration-source" ? await readJson(c.req.raw) : undefined);
        return new Response(null, { status: 204 });
      } catch (error) {
        const answer = error instanceof HttpError ? error : (translateError(error) ?? HttpError.internal(error));
        return Response.json(
          {
            request_id: "",
            ...(answer.code === undefined ? {} : { error_code: answer.code }),
            message: answer.message,
          },
          { status: answer.status },
        );
      }
    });
  post("poke", (id) => vmms.poke(id));
  post("poke-single-step", (id) => vmms.pokeSingleStep(id));
  post("sim-migration-source", (id, body) => {
    const { migrationId, result } = readMigration(body);
    vmms.simulateMigrationSource(id, migrationId, result);
  });
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch (error) {
    throw HttpError.badRequest(`unable to parse JSON body: ${(error as Error).message}`);
  }
}

function readMigration(body: unknown): { migrationId: string; result: "success" | "failure" } {
  const fields: Record<string, unknown> = typeof body === "object" && body !== null ? { ...body } : {};
  const { migration_id: id, result } = fields;
  const migrationId = typeof id === "string" ? canonicalUuid(id) : null;
  if (migrationId === null) throw HttpError.badRequest("unable to parse JSON body: migration_id: expected a UUID");
  if (result !== "success" && result !== "failure") {
    throw HttpError.badRequest("unable to parse JSON body: result: expected success or failure");
  }
  return { migrationId, result };
}
