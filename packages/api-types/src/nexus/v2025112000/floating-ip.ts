/** Floating IPs, with the first form of choosing an address. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s, type Infer } from "@racklet/api-kit/schema";
import { identityCreate, identityUpdate, NameOrId } from "../common.ts";
import { floatingIpFields } from "./instance.ts";

export const FloatingIp = s.named(
  "FloatingIp",
  s.object(floatingIpFields),
  "An address of a project, which stays when the instance it is attached to goes.",
);
export type FloatingIp = Infer<typeof FloatingIp>;
export const FloatingIpResultsPage = resultsPageOf("FloatingIp", FloatingIp);

export const floatingIpCreateFields = { ...identityCreate, ip: s.nullish(s.ip()), pool: s.nullish(NameOrId) } as const;
export const FloatingIpCreate = s.named("FloatingIpCreate", s.object(floatingIpCreateFields));
export type FloatingIpCreate = Infer<typeof FloatingIpCreate>;
export const FloatingIpUpdate = s.named("FloatingIpUpdate", s.object(identityUpdate));
export const FloatingIpAttach = s.named(
  "FloatingIpAttach",
  s.object({
    kind: s.named("FloatingIpParentKind", s.enum(["instance"]), "What a floating IP can be attached to."),
    parent: s.described("The instance, by id, or by name in the floating IP's project.", NameOrId),
  }),
);
