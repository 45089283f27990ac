/** The body of a small instance with an ephemeral address, for the published SDK. */
import type { InstanceCreate } from "@oxide/api";

export const newInstance = (name: string, description: string): InstanceCreate => ({
  name,
  description,
  hostname: name,
  ncpus: 1,
  memory: 2 ** 30,
  networkInterfaces: { type: "default_ipv4" },
  externalIps: [{ type: "ephemeral", poolSelector: { type: "auto" } }],
});
