/** The instance specification as it first was: a board and components, nothing else allowed beside them. */
import { s, type Infer } from "@racklet/api-kit/schema";
import { Board } from "./board.ts";
import { NvmeDisk, tagged, unchangedComponents } from "./components.ts";

export const Component = s.named("Component", s.oneOf([...unchangedComponents, tagged("nvme_disk", NvmeDisk)]));

export const InstanceSpec = s.named(
  "InstanceSpec",
  s.closed({ board: Board, components: s.map(Component) }),
  "The virtual hardware of a VM.",
);
export type InstanceSpec = Infer<typeof InstanceSpec>;
