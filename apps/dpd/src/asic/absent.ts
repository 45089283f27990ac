/** No ASIC: every operation answers 503 with the reason. */
import { asicUnavailable } from "../errors.ts";
import type { AsicBackend } from "./backend.ts";

export function absentAsic(reason: string): AsicBackend {
  const refuse = (): never => {
    throw asicUnavailable(reason);
  };
  return {
    name: "absent",
    table: refuse,
    groups: {
      create: refuse,
      destroy: refuse,
      addPort: refuse,
      removePort: refuse,
      find: refuse,
      list: refuse,
      clear: refuse,
    },
    ports: { create: refuse, update: refuse, delete: refuse, find: refuse, list: refuse, isUp: refuse, clear: refuse },
  };
}
