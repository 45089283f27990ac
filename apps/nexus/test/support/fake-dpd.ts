/** A dpd as Nexus' multicast sees one: its real API, groups in memory. Faults are switched on by the test. */
import { HttpError, serveApi, type Api, type Handlers, type Operations } from "@racklet/api-kit";
import { dpdApi } from "@racklet/api-types/dpd/api";
import { bodyValidators } from "@racklet/api-types/gen/dpd.validators.js";
import type { World } from "@racklet/world";

type Served = Pick<
  (typeof dpdApi)["operations"],
  | "switch_identifiers"
  | "multicast_group_create_underlay"
  | "multicast_group_create_external"
  | "multicast_group_get"
  | "multicast_reset_by_tag"
>;

interface Group {
  readonly kind: "underlay" | "external";
  readonly group_ip: string;
  readonly tag: string;
}

export class FakeDpd {
  /** By address. */
  readonly groups = new Map<string, Group>();
  /** Thrown instead of an answer, by operation id. */
  readonly broken = new Map<string, Error>();
  down = false;
  readonly fetch: (request: Request) => Promise<Response>;

  constructor(world: World, slot: 0 | 1) {
    const handlers = this.#handlers(slot);
    const names = new Set(Object.keys(handlers));
    const operations = Object.fromEntries(Object.entries(dpdApi.operations).filter(([id]) => names.has(id)));
    const app = serveApi({ ...dpdApi, operations } as Api, {
      context: undefined,
      handlers: handlers as Handlers<undefined, Operations>,
      world,
      bodyValidators,
    });
    this.fetch = async (request) => {
      if (this.down) throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
      return app.fetch(request);
    };
  }

  #handlers(slot: 0 | 1): Handlers<undefined, Served> {
    const entered = (operation: keyof Served): void => {
      const error = this.broken.get(operation);
      if (error !== undefined) throw error;
    };
    const create = (kind: Group["kind"], body: { group_ip: string; tag?: string | null | undefined }) => {
      if (this.groups.has(body.group_ip)) throw new HttpError(409, "Conflict");
      const group = { ...body, kind, external_group_id: 1, underlay_group_id: 2, tag: body.tag ?? "" };
      this.groups.set(body.group_ip, group);
      return group as never; // what the client does not read is not made up
    };
    return {
      switch_identifiers: () =>
        ({ slot, model: "m", serial: "s", revision: 1, sidecar_id: "i", asic_backend: "b" }) as never,
      multicast_group_create_underlay: (_, { body }) => {
        entered("multicast_group_create_underlay");
        return create("underlay", body);
      },
      multicast_group_create_external: (_, { body }) => {
        entered("multicast_group_create_external");
        return create("external", body);
      },
      multicast_group_get: (_, { params }) => {
        const group = this.groups.get(params.group_ip);
        if (group === undefined) throw new HttpError(404, "Not Found");
        return group as never;
      },
      multicast_reset_by_tag: (_, { params }) => {
        entered("multicast_reset_by_tag");
        for (const [ip, { tag }] of this.groups) if (tag === params.tag) this.groups.delete(ip);
      },
    };
  }
}
