/** The ASIC seam and its backends. */
export { absentAsic } from "./absent.ts";
export {
  ApplyFailure,
  applySteps,
  retryUndo,
  type Leftovers,
  type Pause,
  type PlanStep,
  type TableStep,
  type Unresolved,
} from "./apply.ts";
export type {
  AsicBackend,
  AsicGroups,
  AsicPorts,
  AsicTable,
  GroupMember,
  PortConfig,
  RowCounter,
  TableUsage,
} from "./backend.ts";
export { describeDevice, type DeviceStep, type GroupStep, type PortStep } from "./device.ts";
export {
  checkCapacity,
  deleteAllRows,
  deleteRows,
  describeKey,
  describeSteps,
  insertRows,
  updateRow,
} from "./steps.ts";
export { DomainWriter, type Change, type WriterContext, type WriterMetrics, type Writing } from "./writer.ts";
export {
  chaosAsic,
  faultsAt,
  isRead,
  seededFaults,
  type CountedFaultSource,
  type Fault,
  type FaultSource,
  type Operation,
  type SeededFaultOptions,
} from "./chaos.ts";
export { modelAsic } from "./model.ts";
