/** `racklet nat`: the NAT entries of the switches, who owns them, and which are not on every switch. */
import { dpdClient } from "@racklet/dpd-client";
import type { Io } from "../cli/io.ts";
import { askRack } from "../control/client.ts";
import { Failure, errorText } from "../failure.ts";
import { compareSwitches, macText, type NatRow, type SwitchEntries } from "../rack/nat-view.ts";
import { readNat } from "../rack/read-nat.ts";
import type { Style } from "../text/style.ts";
import { renderTable } from "../text/table.ts";

export interface NatCommand {
  readonly data: string;
  readonly json: boolean;
  readonly switch: string | undefined;
}

/** For each page: somebody is waiting at a terminal, and a switch that hangs does so for good. */
const DEADLINE_MS = 3_000;

/** A switch that does not answer is named; the others are shown. Exit code 1 when none answered. */
export async function nat(options: NatCommand, io: Io): Promise<number> {
  const rack = await askRack(options.data, { op: "status" }, io.world);
  const asked = rack.dpd.filter((each) => options.switch === undefined || each.switch === options.switch);
  const silent: { switch: string; error: string }[] = [];
  const answers = await Promise.all(
    asked.map(async ({ switch: name, url }): Promise<SwitchEntries | undefined> => {
      try {
        const client = dpdClient({ baseUrl: url, world: io.world, deadlineMs: DEADLINE_MS, retries: { attempts: 0 } });
        const entries = await readNat(client);
        return { switch: name, entries };
      } catch (error) {
        silent.push({ switch: name, error: errorText(error) });
        return undefined;
      }
    }),
  );
  const read = answers.filter((each) => each !== undefined);
  if (read.length === 0) {
    throw new Failure(`no switch answered: ${silent.map((each) => `${each.switch}: ${each.error}`).join("; ")}`);
  }
  const rows = compareSwitches(read);
  if (options.json) {
    io.out(JSON.stringify({ entries: rows.map(rowToJson), unreachable: silent }));
    return 0;
  }
  io.out(natText(rows, read, io.style));
  for (const { switch: name, error } of silent) io.err(`racklet: ${name} is missing above: ${error}\n`);
  return 0;
}

function rowToJson({ entry, group, switches, partial }: NatRow): object {
  return { ...entry, group, switches, partial };
}

function natText(rows: readonly NatRow[], read: readonly SwitchEntries[], style: Style): string {
  const names = read.map((each) => each.switch).join(" and ");
  if (rows.length === 0) return `no NAT entries on ${names}`;
  const table = renderTable(
    ["EXTERNAL", "PORTS", "SLED", "MAC", "VNI", "GROUP", "SWITCHES"],
    rows.map(({ entry, group, switches, partial }) => [
      entry.external,
      entry.low === entry.high ? String(entry.low) : `${entry.low}-${entry.high}`,
      entry.target.internal_ip,
      macText(entry.target.inner_mac),
      String(entry.target.vni),
      group ?? style.dim("(none)"),
      partial ? style.warn(`${switches.join(" ")} only`) : style.good(switches.join(" ")),
    ]),
    style.dim,
  );
  const partial = rows.filter((row) => row.partial).length;
  const remark = partial === 0 ? "" : `, ${style.warn(`${partial} not on every switch`)}`;
  return `${table}\n\n${rows.length} ${rows.length === 1 ? "entry" : "entries"} on ${names}${remark}`;
}
