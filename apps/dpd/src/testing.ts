/** For tests across services: an ASIC whose faults the test decides. */
export { chaosAsic, modelAsic, seededFaults, type AsicBackend } from "./asic/index.ts";
