import { dpdApi } from "@racklet/api-types/dpd/api";
import { startDpd } from "./support/dpd.ts";
import { fuzz } from "./support/suite.ts";

fuzz({
  api: dpdApi,
  start: () => startDpd(),
  rounds: 6,
  // Some need the very generation that a group is at.
  successes: 0.7,
});
