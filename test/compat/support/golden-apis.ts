/** The APIs whose answers are recorded here; dpd records its own, of a story written by hand. */
import { RACK_ID, SLED_ID } from "../../fuzz/support/sled-app.ts";
import { INSTANCE, NIC, VMM } from "../../fuzz/support/vmm.ts";
import { MATRIX, type MatrixApi } from "./matrix-apis.ts";

export const RECORDED: readonly MatrixApi[] = MATRIX.filter(({ ident }) => ident !== "dpd");

/** Values that the services are started with. */
export const CHOSEN: readonly string[] = [
  SLED_ID,
  RACK_ID,
  VMM,
  INSTANCE,
  NIC,
  "fd00:1122:3344",
  ...["0a", "0d", "0e", "0f"].map((kind) => `${kind}000000-0000-4000-8000-000000000001`),
  "0a000000-0000-4000-8000-000000000002",
  "00000000-0000-4000-8000-000000000000",
];
