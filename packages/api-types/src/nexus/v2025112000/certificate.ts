/** TLS certificates of a silo. The API is served without TLS here, so there are none. */
import { resultsPageOf } from "@racklet/api-kit/pagination";
import { s } from "@racklet/api-kit/schema";
import { identity } from "../common.ts";
import { ServiceUsingCertificate } from "./silo.ts";

export const Certificate = s.named(
  "Certificate",
  s.object({
    ...identity,
    cert: s.described("PEM", s.string()),
    service: ServiceUsingCertificate,
  }),
);
export const CertificateResultsPage = resultsPageOf("Certificate", Certificate);
