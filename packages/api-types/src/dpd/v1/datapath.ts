/** The lanes of a module in a front port. */
import { s } from "@racklet/api-kit";

export const MediaInterfaceId = s.named(
  "MediaInterfaceId",
  s.oneOf([
    s.object({ id: s.string(), type: s.literal("mmf") }),
    s.object({ id: s.string(), type: s.literal("smf") }),
    s.object({ id: s.string(), type: s.literal("passive_copper") }),
    s.object({ id: s.string(), type: s.literal("active_cable") }),
    s.object({ id: s.string(), type: s.literal("base_t") }),
  ]),
  "The medium a module drives.",
);

export const ApplicationDescriptor = s.named(
  "ApplicationDescriptor",
  s.object({
    host_id: s.string(),
    host_lane_assignment_options: s.u8(),
    host_lane_count: s.u8(),
    media_id: MediaInterfaceId,
    media_lane_assignment_options: s.u8(),
    media_lane_count: s.u8(),
  }),
  "A way of working that a module offers.",
);

export const LanePolarity = s.named("LanePolarity", s.enum(["normal", "flipped"]), "Polarity of a lane of a module.");

export const OutputStatus = s.named(
  "OutputStatus",
  s.enum(["valid", "invalid"]),
  "Whether an output carries a signal.",
);

export const CmisLaneStatus = s.named(
  "CmisLaneStatus",
  s.object({
    rx_auto_squelch_disable: s.nullish(s.boolean()),
    rx_lol: s.nullish(s.boolean()),
    rx_los: s.nullish(s.boolean()),
    rx_output_enabled: s.nullish(s.boolean()),
    rx_output_polarity: s.nullish(LanePolarity),
    rx_output_status: OutputStatus,
    state: s.string(),
    tx_adaptive_eq_fail: s.nullish(s.boolean()),
    tx_auto_squelch_disable: s.nullish(s.boolean()),
    tx_failure: s.nullish(s.boolean()),
    tx_force_squelch: s.nullish(s.boolean()),
    tx_input_polarity: s.nullish(LanePolarity),
    tx_lol: s.nullish(s.boolean()),
    tx_los: s.nullish(s.boolean()),
    tx_output_enabled: s.nullish(s.boolean()),
    tx_output_status: OutputStatus,
  }),
  "A lane of a CMIS module.",
);

export const CmisDatapath = s.named(
  "CmisDatapath",
  s.object({ application: ApplicationDescriptor, lane_status: s.map(CmisLaneStatus) }),
  "Lanes of a CMIS module that work together.",
);

export const Sff8636Datapath = s.named(
  "Sff8636Datapath",
  s.object({
    rx_cdr_enabled: s.boolean(),
    rx_lol: s.boolean(),
    rx_los: s.boolean(),
    tx_adaptive_eq_fault: s.boolean(),
    tx_cdr_enabled: s.boolean(),
    tx_enabled: s.boolean(),
    tx_fault: s.boolean(),
    tx_lol: s.boolean(),
    tx_los: s.boolean(),
  }),
  "A lane of an SFF-8636 module.",
);

export const SffComplianceCode = s.named(
  "SffComplianceCode",
  s.oneOf([
    s.object({ code: s.string(), type: s.literal("extended") }),
    s.object({ code: s.string(), type: s.literal("ethernet") }),
  ]),
  "What an SFF-8636 module complies with.",
);

export const Datapath = s.named(
  "Datapath",
  s.oneOf([
    s.closed({ cmis: s.object({ connector: s.string(), datapaths: s.map(CmisDatapath), supported_lanes: s.u8() }) }),
    s.closed({
      sff8636: s.object({
        connector: s.string(),
        lanes: s.array(Sff8636Datapath, { minItems: 4, maxItems: 4 }),
        specification: SffComplianceCode,
      }),
    }),
  ]),
  "The lanes of a module.",
);
