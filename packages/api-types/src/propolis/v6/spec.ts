/** NVMe disks say whether they have a volatile write cache; before, all had one. */
import { HttpError, s, type Infer } from "@racklet/api-kit";
import { Board } from "../v1/board.ts";
import { nvmeDiskFields, tagged, unchangedComponents } from "../v1/components.ts";
import { SmbiosType1Input } from "../v2/spec.ts";
import * as v3 from "../v3/spec.ts";

export const NvmeDisk = s.named(
  "NvmeDisk",
  s.closed({
    ...nvmeDiskFields,
    has_write_cache: s.described("Whether the guest is told of a volatile write cache.", s.boolean()),
  }),
);

export const Component = s.named(
  "Component",
  s.oneOf([...unchangedComponents, tagged("nvme_disk", NvmeDisk), tagged("virtio_socket", v3.VirtioSocket)]),
);
export type Component = Infer<typeof Component>;

export const InstanceSpec = s.named(
  "InstanceSpec",
  s.object({ board: Board, components: s.map(Component), smbios: s.nullish(SmbiosType1Input) }),
  "The virtual hardware of a VM.",
);
export type InstanceSpec = Infer<typeof InstanceSpec>;

export function specUpFromV3(spec: v3.InstanceSpec): InstanceSpec {
  const components = Object.entries(spec.components).map(([key, component]): [string, Component] => [
    key,
    component.type === "nvme_disk"
      ? { ...component, component: { ...component.component, has_write_cache: true } }
      : component,
  ]);
  return { ...spec, components: Object.fromEntries(components) };
}

/** Throws HttpError 400 when a disk has no write cache: version 3 cannot say it. */
export function specDownToV3(spec: InstanceSpec): v3.InstanceSpec {
  type Entry = [string, v3.InstanceSpec["components"][string]];
  const components = Object.entries(spec.components).map(([key, component]): Entry => {
    if (component.type !== "nvme_disk") return [key, component];
    const { has_write_cache: hasWriteCache, ...disk } = component.component;
    if (!hasWriteCache) {
      throw HttpError.badRequest(`disk ${key} has no write cache, which requires api-version 6.0.0 or newer`);
    }
    return [key, { type: "nvme_disk", component: disk }];
  });
  return { ...spec, components: Object.fromEntries(components) };
}
