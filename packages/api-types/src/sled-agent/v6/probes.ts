/** Probes: what looks like a VM to the network, and has no VM. */
import { s, type Infer, type Schema } from "@racklet/api-kit/schema";

const ProbeExternalIp = s.named(
  "ExternalIp",
  s.object({
    first_port: s.u16(),
    ip: s.ip(),
    kind: s.named("IpKind", s.enum(["snat", "ephemeral", "floating"])),
    last_port: s.u16(),
  }),
  "An external address of a probe.",
);

/** For one version's interfaces. */
export const probeSetOf = <N>(nic: Schema<N>) =>
  s.named(
    "ProbeSet",
    s.object({
      probes: s.array(
        s.named("ProbeCreate", s.object({ external_ips: s.array(ProbeExternalIp), id: s.uuid(), interface: nic })),
        { uniqueItems: true },
      ),
    }),
    "The probes of a sled, all of them.",
  );
export type ProbeSetOf<N> = Infer<ReturnType<typeof probeSetOf<N>>>;
