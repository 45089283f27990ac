/** The five fields that every resource shows. */
import type { Identity } from "../db/schema.ts";

export interface IdentityView {
  id: string;
  name: string;
  description: string;
  time_created: string;
  time_modified: string;
}

/** Column and wire names coincide, and the stored times already are RFC 3339 in UTC with a `Z`. */
export function identityView(row: Omit<Identity, "time_deleted">): IdentityView {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    time_created: row.time_created,
    time_modified: row.time_modified,
  };
}
