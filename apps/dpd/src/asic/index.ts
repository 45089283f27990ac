/** The ASIC seam and its backends. */
export { absentAsic } from "./absent.ts";
export { ApplyFailure, applySteps, type Pause, type PlanStep, type TableStep, type Unresolved } from "./apply.ts";
export type { AsicBackend, AsicTable, GroupMember, PortConfig, TableUsage } from "./backend.ts";
export type { DeviceStep } from "./device.ts";
export { deleteAllRows, deleteRows, insertRows, updateRow } from "./steps.ts";
export { DomainWriter, type Change, type WriterContext, type Writing } from "./writer.ts";
export { chaosAsic, faultsAt, isRead, seededFaults, type Fault, type FaultSource, type Operation } from "./chaos.ts";
export { modelAsic } from "./model.ts";
