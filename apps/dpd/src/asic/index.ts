/** The ASIC seam and its backends. */
export { absentAsic } from "./absent.ts";
export { ApplyFailure, applySteps, type Pause, type TableStep, type Unresolved } from "./apply.ts";
export type { AsicBackend, AsicTable, RowCounter, TableUsage } from "./backend.ts";
export {
  chaosAsic,
  faultsAt,
  seededFaults,
  type CountedFaultSource,
  type Fault,
  type FaultSource,
  type Operation,
  type SeededFaultOptions,
} from "./chaos.ts";
export { modelAsic } from "./model.ts";
