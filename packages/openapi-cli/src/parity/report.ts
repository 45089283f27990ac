/** What `openapi parity` prints. */
import type { Api } from "@racklet/api-kit/declare";
import { paint, type Output } from "../print.ts";
import { compare, type Disagreement, type Parity } from "./compare.ts";
import { readTable } from "./table.ts";

/** True when nothing disagrees without a reason. */
export function printParity(apis: readonly Api[], output: Output): boolean {
  const results = apis.flatMap((api) => {
    const table = readTable(api.ident);
    return table === null ? [] : [compare(api, table)];
  });
  for (const each of results) printOne(each, output);
  const failures = results.flatMap((each) => [...unexplained(each), ...each.stale]);
  const served = results.reduce((sum, { coverage }) => sum + (coverage.at(-1)?.served ?? 0), 0);
  const known = results.reduce((sum, { coverage }) => sum + (coverage.at(-1)?.known ?? 0), 0);
  output.write(
    `${served} of ${known} operations of upstream's newest versions are served; ${failures.length} disagreements without a reason`,
  );
  return failures.length === 0;
}

const unexplained = ({ disagreements }: Parity): Disagreement[] =>
  disagreements.filter(({ reason }) => reason === undefined);

function printOne(parity: Parity, output: Output): void {
  const { ident, coverage, own, disagreements, stale } = parity;
  const [newest] = coverage.slice(-1);
  const share =
    newest === undefined ? "no version in common" : `${newest.served}/${newest.known} operations at ${newest.version}`;
  const also = own.length === 0 ? "" : `; not upstream's: ${own.join(", ")}`;
  output.write(
    `${ident}: ${share}; ${coverage.length} versions compared${also}; ${disagreements.length - unexplained(parity).length} differences on purpose`,
  );
  for (const { operation, aspect, upstream, ours, versions } of unexplained(parity)) {
    const range = versions.length === 1 ? versions[0] : `${versions[0]} … ${versions.at(-1)}`;
    output.write(
      `  ${paint(output, "red", "differs")}  ${operation}: ${aspect}: upstream ${upstream}, ours ${ours} (${range})`,
    );
  }
  for (const { operations, aspects } of stale) {
    output.write(
      `  ${paint(output, "red", "in vain")}  an exception for ${aspects.join(", ")} of ${operations.join(", ")}`,
    );
  }
}
