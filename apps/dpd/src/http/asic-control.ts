/**
 * For operators, on loopback only and outside the versioned API: lets an ASIC appear or disappear while dpd runs. Both
 * answer the health of dpd afterwards, and do nothing when it is so already.
 */
import { attachAsic, detachAsic, type DpdContext } from "../context.ts";
import { healthToWire } from "./health.ts";

export function asicControls(ctx: DpdContext): Readonly<Record<string, () => unknown>> {
  return {
    "/debug/asic/attach": () => {
      attachAsic(ctx);
      return healthToWire(ctx);
    },
    "/debug/asic/detach": () => {
      detachAsic(ctx);
      return healthToWire(ctx);
    },
  };
}
