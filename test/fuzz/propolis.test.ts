import { propolisApi } from "@racklet/api-types/propolis/api";
import { startPropolis } from "./support/propolis.ts";
import { fuzz } from "./support/suite.ts";

fuzz({
  api: propolisApi,
  start: startPropolis,
  rounds: 20,
  // Two are WebSockets, which this sends no request for.
  successes: 0.8,
});
