/** Who the switch is and which ports it has. */
import { NO_PORT, step, type Step } from "./step.ts";

export const info: Step[] = [
  ..."/dpd-version /build-info /dpd-uptime /switch/identifiers /ports /table"
    .split(" ")
    .map((path) => step(`GET ${path}`)),
  step("GET /health", undefined, 13.1),
  step("GET /channels"),
  step("GET /backplane-map"),
  step("GET /backplane-map/REAR7"),
  step("GET /backplane-map/qsfp0"),
  step("GET /backplane-map/rear32"),
  step("GET /ports/QSFP31"),
  step("GET /ports/int0"),
  step(`GET ${NO_PORT}`),
];
