/** Where a VMM's propolis serves, given where Nexus would have it. */
import { isLoopbackHost, parseListenAddress, type ListenAddress } from "@racklet/api-kit";

/**
 * Nexus chooses an address in the sled's part of the underlay, which a laptop does not have: then it is a free port of the
 * loopback interface, and Nexus is told. A loopback address is taken as it is. Throws for what is no `ip:port`.
 */
export function listenAddressFor(wanted: string): ListenAddress {
  const address = parseListenAddress(wanted);
  return isLoopbackHost(address.host) ? address : { host: "::1", port: 0 };
}
