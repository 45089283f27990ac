/** Switch ports and what is set on them physically. */
import { s, type Infer } from "@racklet/api-kit";

// In any case on input, as upstream; answers are in lower case. The patterns are spelt as upstream's, so that documents agree.
export const PortId = s.named(
  "PortId",
  s.oneOf([
    s.described("The port of the switch's own host.", s.string({ pattern: "(^[iI][nN][tT]0$)" })),
    s.described(
      "A port of the cabled backplane.",
      s.string({ pattern: "(^[rR][eE][aA][rR](([0-9])|([1-2][0-9])|(3[0-1]))$)" }),
    ),
    s.described("A front port.", s.string({ pattern: "(^[qQ][sS][fF][pP](([0-9])|([1-2][0-9])|(3[0-1]))$)" })),
  ]),
  "A port of the switch: `int0`, `rear0` to `rear31` or `qsfp0` to `qsfp31`.",
);

export const LinkId = s.named("LinkId", s.u8(), "A link within its port: the number of its first lane.");

export const PortSpeed = s.named(
  "PortSpeed",
  s.enum(["Speed0G", "Speed1G", "Speed10G", "Speed25G", "Speed40G", "Speed50G", "Speed100G", "Speed200G", "Speed400G"]),
  "Speed of a link in gigabits per second.",
);
export type PortSpeed = Infer<typeof PortSpeed>;

export const PortFec = s.named("PortFec", s.enum(["None", "Firecode", "RS"]), "Forward error correction of a link.");
export type PortFec = Infer<typeof PortFec>;

export const PortMedia = s.named(
  "PortMedia",
  s.enum(["Copper", "Optical", "CPU", "None", "Unknown"]),
  "What carries a link.",
);

export const PortPrbsMode = s.named(
  "PortPrbsMode",
  s.enum(["Mode31", "Mode23", "Mode15", "Mode13", "Mode11", "Mode9", "Mode7", "Mission"]),
  "Pseudo-random bit sequence that a link sends; `Mission` is normal traffic.",
);
export type PortPrbsMode = Infer<typeof PortPrbsMode>;

export const TxEq = s.named(
  "TxEq",
  s.object({
    pre2: s.nullish(s.i32()),
    pre1: s.nullish(s.i32()),
    main: s.nullish(s.i32()),
    post1: s.nullish(s.i32()),
    post2: s.nullish(s.i32()),
  }),
  "Transmitter equalization; what is absent stays as it is.",
);
export type TxEq = Infer<typeof TxEq>;

export const FreeChannels = s.named(
  "FreeChannels",
  s.object({
    port_id: PortId,
    connector: s.described("The connector of the ASIC behind the port.", s.string()),
    channels: s.described("Lanes that no link uses.", s.array(s.u8())),
  }),
  "The free lanes of a port.",
);

export const PortIds = s.array(PortId);
export const FreeChannelsList = s.array(FreeChannels);
