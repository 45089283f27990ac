/** `racklet token`: an access token of the first user, for scripts. */
import type { Io } from "../cli/io.ts";
import { askRack } from "../control/client.ts";

export async function token(options: { readonly data: string; readonly json: boolean }, io: Io): Promise<number> {
  const answer = await askRack(options.data, { op: "token" }, io.world);
  io.out(options.json ? JSON.stringify(answer) : answer.token);
  return 0;
}
