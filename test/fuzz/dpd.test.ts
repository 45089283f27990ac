import { dpdApi } from "@racklet/api-types/dpd/api";
import { startDpd } from "./support/dpd.ts";
import { fuzz } from "./support/suite.ts";

fuzz({
  api: dpdApi,
  start: startDpd,
  rounds: 20,
  rarelySucceeds: { nat_group_changes: "must name the very generation that the group is at" },
});
