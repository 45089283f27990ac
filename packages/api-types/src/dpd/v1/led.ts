/** The lights of the front ports. No backend of ours has any: the operations say so. */
import { s } from "@racklet/api-kit";

export const LedPolicy = s.named(
  "LedPolicy",
  s.enum(["automatic", "override"]),
  "Who decides about a light: dpd itself, or a client that set it.",
);

export const LedState = s.named("LedState", s.enum(["off", "on", "blink"]), "What a light does.");

export const Led = s.named(
  "Led",
  s.object({ policy: LedPolicy, state: LedState }),
  "A light and who decides about it.",
);

export const Leds = s.map(Led);
