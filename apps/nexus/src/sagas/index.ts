/** Every saga of Nexus: recovery finds them here by name. */
import { externalIpAttach } from "./external-ip-attach.ts";
import { externalIpDetach } from "./external-ip-detach.ts";
import { instanceCreate } from "./instance-create.ts";
import { instanceDelete } from "./instance-delete.ts";
import { instanceMigrate } from "./instance-migrate.ts";
import { instanceStart } from "./instance-start.ts";
import { instanceUpdate } from "./instance-update.ts";
import { multicastGroupDpdEnsure } from "./multicast-group-dpd-ensure.ts";

export const allSagas = [
  externalIpAttach,
  externalIpDetach,
  instanceCreate,
  instanceDelete,
  instanceMigrate,
  instanceStart,
  instanceUpdate,
  multicastGroupDpdEnsure,
] as const;
