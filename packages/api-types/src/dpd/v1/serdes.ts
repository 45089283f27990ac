/** The serializers behind a link. Only a real Tofino has them. */
import { s } from "@racklet/api-kit";
import { TxEq } from "./port.ts";

export const AnStatus = s.named(
  "AnStatus",
  s.object({
    an_ability: s.boolean(),
    an_complete: s.boolean(),
    ext_np_status: s.boolean(),
    link_status: s.boolean(),
    lp_an_ability: s.boolean(),
    page_rcvd: s.boolean(),
    parallel_detect_fault: s.boolean(),
    remote_fault: s.boolean(),
  }),
  "Negotiation on a lane.",
);

export const LtStatus = s.named(
  "LtStatus",
  s.object({
    frame_lock: s.boolean(),
    readout_state: s.u32(),
    readout_training_state: s.u32(),
    readout_txstate: s.u32(),
    rx_trained: s.boolean(),
    sig_det: s.boolean(),
    training_failure: s.boolean(),
    tx_training_data_en: s.boolean(),
  }),
  "Link training on a lane.",
);

export const LaneStatus = s.named(
  "LaneStatus",
  s.object({ lane_an_status: AnStatus, lane_done: s.boolean(), lane_lt_status: LtStatus }),
  "Negotiation and training on a lane.",
);

export const LpPages = s.named(
  "LpPages",
  s.object({ base_page: s.u64(), next_page1: s.u64(), next_page2: s.u64() }),
  "What the peer said in negotiation.",
);

export const AnLtStatus = s.named(
  "AnLtStatus",
  s.object({ lanes: s.array(LaneStatus), lp_pages: LpPages }),
  "Negotiation and training of a link.",
);

export const Ber = s.named(
  "Ber",
  s.object({ ber: s.array(s.float()), symbol_errors: s.array(s.u64()), total_ber: s.float() }),
  "Bit errors of a link, by lane.",
);

export const DfeAdaptationState = s.named(
  "DfeAdaptationState",
  s.object({ adapt_cnt: s.u32(), adapt_done: s.boolean(), link_lost_cnt: s.u32(), readapt_cnt: s.u32() }),
  "Adaptation of a receiver.",
);

export const LaneEncoding = s.named("LaneEncoding", s.enum(["Pam4", "Nrz", "None"]), "How bits are put on a lane.");

export const EncSpeed = s.named(
  "EncSpeed",
  s.object({ encoding: LaneEncoding, gigabits: s.u32() }),
  "Encoding and speed of a lane.",
);

export const Polarity = s.named("Polarity", s.enum(["Normal", "Inverted"]), "Polarity of a lane.");

export const LaneMap = s.named(
  "LaneMap",
  s.object({
    logical_lane: s.array(s.u32()),
    mac_block: s.u32(),
    rx_phys: s.array(s.u32()),
    rx_polarity: s.array(Polarity),
    tx_phys: s.array(s.u32()),
    tx_polarity: s.array(Polarity),
  }),
  "Which physical lanes carry a link.",
);

export const RxSigInfo = s.named(
  "RxSigInfo",
  s.object({ phy_ready: s.boolean(), ppm: s.i32(), sig_detect: s.boolean() }),
  "Signal at a receiver.",
);

export const SerdesEye = s.named(
  "SerdesEye",
  s.oneOf([
    s.closed({ Nrz: s.float() }),
    s.closed({ Pam4: s.object({ eye1: s.float(), eye2: s.float(), eye3: s.float() }) }),
  ]),
  "Opening of the eye at a receiver.",
);

export const TxEqSwHw = s.named(
  "TxEqSwHw",
  s.object({ hw: TxEq, sw: TxEq }),
  "Transmitter equalization as set and as in the hardware.",
);

export const DfeAdaptationStates = s.array(DfeAdaptationState);
export const EncSpeeds = s.array(EncSpeed);
export const RxSigInfos = s.array(RxSigInfo);
export const SerdesEyes = s.array(SerdesEye);
export const TxEqs = s.array(TxEqSwHw);
