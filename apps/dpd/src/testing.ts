/** For tests across services: an ASIC whose faults the test decides, and which tells it of every operation. */
export { chaosAsic, isRead, modelAsic, seededFaults, type AsicBackend } from "./asic/index.ts";
