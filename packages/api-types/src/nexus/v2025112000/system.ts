/** Health of the API itself. */
import { s, type Infer } from "@racklet/api-kit";

const PingStatus = s.named("PingStatus", s.enum(["ok"]));

export const Ping = s.named(
  "Ping",
  s.object({ status: s.described("`ok` whenever the API answers at all", PingStatus) }),
);
export type Ping = Infer<typeof Ping>;
