/** Checks a specification that came from another server, rather than from a client, as a client's is. */
import { bodyKey } from "@racklet/api-kit";
import { bodyValidators } from "@racklet/api-types/gen/propolis.validators.js";
import type { InstanceSpec } from "@racklet/api-types/propolis/latest";

const NIL = "00000000-0000-0000-0000-000000000000";
const NOBODY = {
  id: NIL,
  name: "",
  description: "",
  metadata: { silo_id: NIL, project_id: NIL, sled_id: NIL, sled_serial: "", sled_revision: 0, sled_model: "" },
};

/** The source's specification has the shape that a client's must have. Throws Error with what has not. */
export function checkShape(spec: unknown): InstanceSpec {
  const request = { properties: NOBODY, init: { method: "Spec", value: { spec } } };
  const issue = bodyValidators[bodyKey("instance_ensure", "6.0.0")]?.(request);
  if (issue != null) throw new Error(`the source's specification: ${issue.path}: ${issue.message}`);
  return spec as InstanceSpec;
}
