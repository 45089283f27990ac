/** Measurements over time. None are kept here: only their shape is served. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s } from "@racklet/api-kit/schema";

const Datum = s.named("Datum", s.oneOf([s.object({ datum: s.i64(), type: s.literal("i64") })]));

export const Measurement = s.named("Measurement", s.object({ datum: Datum, timestamp: s.dateTime() }));
export const MeasurementResultsPage = resultsPageOf("Measurement", Measurement);
