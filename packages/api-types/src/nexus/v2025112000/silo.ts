/** Silos: the isolation of users and resources, with their quotas and identity providers. */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";
import { ByteCount } from "../../common/network.ts";
import { identity, identityCreate } from "../common.ts";
import { FleetRole } from "./policy.ts";

export const SiloIdentityMode = s.named(
  "SiloIdentityMode",
  s.enum(["saml_jit", "local_only", "saml_scim"]),
  "How the users of a silo are managed and authenticated: by a SAML provider that makes them known as they log in (`saml_jit`) or through SCIM (`saml_scim`), or by the system itself (`local_only`)",
);

const mappedFleetRoles = s.described(
  "which roles on the fleet each role on this silo confers; none by default",
  s.map(s.array(FleetRole, { uniqueItems: true })),
);
const adminGroupName = s.nullish(s.string());
const discoverable = s.described(
  "whether the silo shows in lists; otherwise it is found by its id or name only",
  s.boolean(),
);

export const Silo = s.named(
  "Silo",
  s.object({
    ...identity,
    admin_group_name: adminGroupName,
    discoverable,
    identity_mode: SiloIdentityMode,
    mapped_fleet_roles: mappedFleetRoles,
  }),
  "View of a silo",
);
export type Silo = Infer<typeof Silo>;
export const SiloResultsPage = resultsPageOf("Silo", Silo);

const quotaFields = {
  cpus: s.described("number of virtual CPUs", s.i64()),
  memory: s.described("memory in bytes", ByteCount),
  storage: s.described("disk storage in bytes", ByteCount),
} as const;

export const SiloQuotas = s.named(
  "SiloQuotas",
  s.object({ ...quotaFields, silo_id: s.uuid() }),
  "How much a silo may use",
);
export type SiloQuotas = Infer<typeof SiloQuotas>;
export const SiloQuotasResultsPage = resultsPageOf("SiloQuotas", SiloQuotas);

export const SiloQuotasCreate = s.named("SiloQuotasCreate", s.object(quotaFields), "How much a new silo may use");

export const SiloQuotasUpdate = s.named(
  "SiloQuotasUpdate",
  s.object({ cpus: s.nullish(s.i64()), memory: s.nullish(ByteCount), storage: s.nullish(ByteCount) }),
  "What to change of a silo's quotas; what is absent stays",
);
export type SiloQuotasUpdate = Infer<typeof SiloQuotasUpdate>;

export const ServiceUsingCertificate = s.named(
  "ServiceUsingCertificate",
  s.enum(["external_api"]),
  "The service that uses a certificate",
);
const CertificateCreate = s.named(
  "CertificateCreate",
  s.object({
    ...identityCreate,
    cert: s.described("PEM text of the public certificate chain", s.string()),
    key: s.described("PEM text of the private key", s.string()),
    service: ServiceUsingCertificate,
  }),
  "Create-time parameters of a certificate",
);

export const SiloCreate = s.named(
  "SiloCreate",
  s.object({
    ...identityCreate,
    admin_group_name: adminGroupName,
    discoverable,
    identity_mode: SiloIdentityMode,
    mapped_fleet_roles: s.optional(mappedFleetRoles, {}),
    quotas: SiloQuotasCreate,
    tls_certificates: s.described("must be empty: this API is served without TLS", s.array(CertificateCreate)),
  }),
  "Create-time parameters of a silo",
);
export type SiloCreate = Infer<typeof SiloCreate>;

export const IdentityProvider = s.named(
  "IdentityProvider",
  s.object({ ...identity, provider_type: s.named("IdentityProviderType", s.enum(["saml"])) }),
  "Where a silo's users come from",
);
export const IdentityProviderResultsPage = resultsPageOf("IdentityProvider", IdentityProvider);
