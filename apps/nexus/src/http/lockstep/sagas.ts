/** Sagas as operators see them. */
import type { Handlers } from "@racklet/api-kit";
import { nexusLockstepApi } from "@racklet/api-types/nexus-lockstep/api";
import type { Saga } from "@racklet/api-types/nexus-lockstep/types";
import type { SagaRecord } from "@racklet/saga";
import type { NexusContext } from "../../context.ts";
import { notFoundById } from "../../errors.ts";
import { listing } from "../listing.ts";

type Operations = Pick<(typeof nexusLockstepApi)["operations"], "saga_list" | "saga_view">;

export const sagaHandlers: Handlers<NexusContext, Operations> = {
  // Newest first: the place in the list is the time of creation and the id.
  saga_list: async (nexus, input) => {
    const { limit, lastSeen, page } = listing(nexusLockstepApi.operations.saga_list.query, input);
    const [createdAt = "", id = ""] = lastSeen?.split(" ") ?? [];
    const rows = await nexus.sagas.list({
      limit: Math.min(limit, MAX_PAGE),
      ...(lastSeen === undefined ? {} : { after: { createdAt, id } }),
    });
    return page(rows, sagaView, (row) => `${row.createdAt} ${row.id}`);
  },
  saga_view: async (nexus, { params }) => {
    const saga = await nexus.sagas.find(params.saga_id);
    if (saga === undefined) throw notFoundById("saga", params.saga_id);
    return sagaView(saga);
  },
};

/** As many as the log gives at once. */
const MAX_PAGE = 1000;

function sagaView({ id, state, error }: Pick<SagaRecord, "id" | "state" | "error">): Saga {
  switch (state) {
    // One that is being taken back is still at work; that it failed is certain only when it is done.
    case "running":
    case "unwinding":
      return { id, state: { state: "running" } };
    case "done":
      return { id, state: { state: "succeeded" } };
    case "unwound":
      return { id, state: { state: "failed", ...failure(error) } };
    case "stuck":
      return {
        id,
        state: {
          state: "stuck",
          ...failure(error),
          undo_error_node_name: error?.node ?? "",
          undo_source_error: error,
        },
      };
  }
}

const failure = (error: SagaRecord["error"]) => ({
  error_node_name: error?.node ?? "",
  error_info: { error: "action_failed" as const, source_error: error },
});
