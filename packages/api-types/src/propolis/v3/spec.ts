/** Adds the `virtio_socket` component. */
import { HttpError, s, type Infer } from "@racklet/api-kit";
import { Board } from "../v1/board.ts";
import { NvmeDisk, PciPath, tagged, unchangedComponents } from "../v1/components.ts";
import type * as v1 from "../v1/spec.ts";
import * as v2 from "../v2/spec.ts";

export const VirtioSocket = s.named("VirtioSocket", s.closed({ guest_cid: s.u64(), pci_path: PciPath }));

export const Component = s.named(
  "Component",
  s.oneOf([...unchangedComponents, tagged("nvme_disk", NvmeDisk), tagged("virtio_socket", VirtioSocket)]),
);

export const InstanceSpec = s.named(
  "InstanceSpec",
  s.object({ board: Board, components: s.map(Component), smbios: s.nullish(v2.SmbiosType1Input) }),
  "The virtual hardware of a VM.",
);
export type InstanceSpec = Infer<typeof InstanceSpec>;

export const specUpFromV2 = (spec: v2.InstanceSpec): InstanceSpec => spec;

/** Throws HttpError 400 when the specification has a socket: version 2 cannot say it. */
export function specDownToV2(spec: InstanceSpec): v2.InstanceSpec {
  type Entry = [string, v1.InstanceSpec["components"][string]];
  const components = Object.entries(spec.components).map(([key, component]): Entry => {
    if (component.type === "virtio_socket") {
      throw HttpError.badRequest(`component ${key} is a virtio_socket, which requires api-version 3.0.0 or newer`);
    }
    return [key, component];
  });
  return { ...spec, components: Object.fromEntries(components) };
}
