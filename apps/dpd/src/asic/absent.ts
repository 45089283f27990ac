/** No ASIC: every operation answers 503 with the reason. */
import { asicUnavailable } from "../errors.ts";
import type { AsicBackend } from "./backend.ts";

export function absentAsic(reason: string): AsicBackend {
  return {
    name: "absent",
    table: () => {
      throw asicUnavailable(reason);
    },
  };
}
