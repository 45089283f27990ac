/** What the serial console has written. */
import { s, type Infer } from "@racklet/api-kit/schema";

export const InstanceSerialConsoleHistoryResponse = s.named(
  "InstanceSerialConsoleHistoryResponse",
  s.object({
    data: s.described("The bytes, as numbers.", s.array(s.u8())),
    last_byte_offset: s.described("Where the byte after the last one stands, counted from the VM's start.", s.u64()),
  }),
);
export type InstanceSerialConsoleHistoryResponse = Infer<typeof InstanceSerialConsoleHistoryResponse>;
