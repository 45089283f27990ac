/** What is asked of every conversion, and the exceptions, each with its reason. */
import { HttpError } from "@racklet/api-kit";
import type { JsonSchema } from "@racklet/api-kit/json-schema";
import fc from "fast-check";
import { valuesOf } from "../../fuzz/support/arbitrary.ts";
import { allOf, isRecord, propertiesOf, resolve } from "../../fuzz/support/conforms.ts";
import { createPool } from "../../fuzz/support/pool.ts";
import { isSameSchema, type Conversion, type Side } from "./conversions.ts";
import { REPLAY, SEED, sized } from "./runs.ts";

/** Bodies of an older version that the newer one cannot take are refused as the client's fault: by these conversions only. */
export const MAY_REFUSE: Readonly<Record<string, string>> = {
  "dpd multicast_group_create_external":
    "sources were subnets, of which only single addresses and all can be filtered by",
  "dpd multicast_group_update_external": "as in the creation",
  "dpd multicast_group_create_underlay": "underlay groups outside ff04::/16 are no more",
  "dpd link_prbs_set": "three modes that no ASIC has are no more",
  "nexus floating_ip_create":
    "an address or a pool and an IP version exclude each other, which the older schema cannot say",
  "nexus instance_create": "the same of its external addresses; transit networks must be of the interface's IP version",
  "nexus instance_ephemeral_ip_attach": "a pool and an IP version exclude each other",
  "nexus instance_network_interface_create": "transit networks must be of the interface's IP version",
  "sled-agent vmm_register": "interfaces and blocks of SNAT ports that cannot be",
  "sled-agent probes_put": "interfaces that cannot be",
  "sled-agent vpc_firewall_rules_put": "interfaces that cannot be",
  "sled-agent vmm_join_multicast_group": "the body of the other operation",
  "sled-agent vmm_leave_multicast_group": "the body of the other operation",
};

/** Answers that an older version has no words for are refused with the version that has them. */
export const INEXPRESSIBLE: Readonly<Record<string, string>> = {
  "propolis instance_spec_get": "a component or a property of one that the older version does not know",
};

/** What an older client cannot say and the newer document demands: handlers see that nothing was said of it. */
export const UNSAID: Readonly<Record<string, string>> = {
  "nexus instance_update 2026010800.0.0 → 2026060500.0.0": "enable_jumbo_frames",
  "dpd multicast_group_update_external 7.0.0 → 8.0.0": "tag",
  "dpd multicast_group_update_underlay 1.0.0 → 8.0.0": "tag",
  "dpd multicast_group_delete 1.0.0 → 8.0.0": "tag",
};

/** Properties whose name and type stayed while their meaning changed, so that the conversion has to change them. */
export const MEANS_ELSE: Readonly<Record<string, string>> = {
  "dpd link_history_get 11.0.0 → 1.0.0 timestamp": "was relative to dpd's start, is wall-clock time",
};

export const RUNS: number = sized(12, 200);
const MANY = 300;

/** An interface as it was before version 10, whose address is in its subnet. */
const INTERFACE = {
  id: "0c000000-0000-4000-8000-000000000001",
  kind: { type: "instance", id: "0b000000-0000-4000-8000-000000000001" },
  name: "net0",
  ip: "172.30.0.5",
  subnet: "172.30.0.0/22",
  mac: "A8:40:25:F0:00:01",
  vni: 2000,
  primary: true,
  slot: 0,
};

/** What chance would hardly ever make. */
const POOL = createPool({
  nics: [[INTERFACE]],
  targets: [[INTERFACE]],
  interface: [INTERFACE],
  source_nat: [{ ip: "192.168.1.10", first_port: 16_384, last_port: 32_767 }],
  group_ip: ["ff04::1"],
});

const REFUSED = Symbol("refused");

/** Every value becomes one that the other side's document allows, keeps what both sides share, and is left as it was. */
export function checkConversion(conversion: Conversion): void {
  let converted = 0;
  const check = (value: unknown): void => {
    const made = convert(conversion, value);
    if (made === REFUSED) return;
    converted += 1;
    const issue = issueOf(conversion, made) ?? lossOf(conversion, value, made);
    if (issue !== undefined) throw new Error(`${conversion.what} made ${JSON.stringify(made)}: ${issue}; ${REPLAY}`);
  };
  tryOn(conversion, check);
  // Where most values are refused, a few may all be.
  if (converted === 0) tryOn(conversion, check, MANY);
  if (converted === 0) throw new Error(`${conversion.what}: no value was converted; ${REPLAY}`);
}

/** What goes up and comes down again is what it was. */
export function checkInverse(up: Conversion, down: Conversion): void {
  tryOn(up, (value) => {
    const newer = convert(up, value);
    if (newer === REFUSED) return;
    const [was, is] = [withoutUnknown(value), withoutUnknown(convert(down, newer))];
    if (!isEqual(was, is)) throw new Error(`${JSON.stringify(was)} came back as ${JSON.stringify(is)}; ${REPLAY}`);
  });
}

function tryOn(conversion: Conversion, property: (value: unknown) => void, numRuns = RUNS): void {
  const values = valuesOf(conversion.from.document, conversion.from.schema, POOL);
  const checked = fc.property(values, (value) => {
    const before = JSON.stringify(value);
    property(value);
    if (JSON.stringify(value) !== before) throw new Error(`${conversion.what} changed its argument; ${REPLAY}`);
  });
  fc.assert(checked, { seed: SEED, numRuns, includeErrorInReport: true });
}

function convert(conversion: Conversion, value: unknown): unknown {
  try {
    return conversion.convert(value);
  } catch (error) {
    const { direction, ident, operationId } = conversion;
    const allowed = direction === "up" ? MAY_REFUSE : INEXPRESSIBLE;
    const isRefusal = error instanceof HttpError && error.status === 400 && `${ident} ${operationId}` in allowed;
    if (!isRefusal) throw error;
    if (direction === "down" && !/requires api-version \d+\.\d+\.\d+ or newer/.test(error.message)) throw error;
    return REFUSED;
  }
}

/** As the other side sees it. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null)) as unknown;

function issueOf({ what, to }: Conversion, value: unknown): string | undefined {
  const issue = to.check(sent(value));
  if (issue === null || issue.message.includes(`\`${UNSAID[what]}\``)) return undefined;
  return `${issue.path}: ${issue.message}`;
}

/** A conversion is about what is new: a property that means the same on both sides goes through it unchanged. */
function lossOf({ what, from, to }: Conversion, before: unknown, after: unknown): string | undefined {
  return lossAt(what, [from, from.schema, sent(before)], [to, to.schema, sent(after)], "");
}

type Part = readonly [side: Side, schema: JsonSchema, value: unknown];

function lossAt(what: string, before: Part, after: Part, at: string): string | undefined {
  if (at !== "" && isSameSchema(before[0], before[1], after[0], after[1])) {
    if (`${what} ${at}` in MEANS_ELSE || isEqual(before[2], after[2])) return undefined;
    return `${at} was ${JSON.stringify(before[2])}`;
  }
  const [a, b] = [unwrapped(before[0], before[1]), unwrapped(after[0], after[1])];
  if (Array.isArray(before[2]) && Array.isArray(after[2]) && a["items"] !== undefined && b["items"] !== undefined) {
    for (const [i, item] of before[2].entries()) {
      const [left, right]: readonly [Part, Part] = [
        [before[0], a["items"] as JsonSchema, item],
        [after[0], b["items"] as JsonSchema, after[2][i]],
      ];
      const loss = lossAt(what, left, right, `${at}[]`);
      if (loss !== undefined) return loss;
    }
  }
  if (!isRecord(before[2]) || !isRecord(after[2])) return undefined;
  for (const [name, schema] of Object.entries(propertiesOf(a))) {
    const other = propertiesOf(b)[name];
    if (other === undefined) continue;
    const place = at === "" ? name : `${at}.${name}`;
    const loss = lossAt(what, [before[0], schema, before[2][name]], [after[0], other, after[2][name]], place);
    if (loss !== undefined) return loss;
  }
  return undefined;
}

function unwrapped({ document }: Side, schema: JsonSchema): JsonSchema {
  const resolved = resolve(document, schema);
  const [only, ...more] = allOf(resolved) ?? [];
  return only === undefined || more.length > 0 ? resolved : resolve(document, only);
}

// What nobody knows may get lost, and two of the generated objects have some.
function withoutUnknown(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) => (key === "zz_unknown" || key === "__proto__" ? undefined : part)),
  ) as unknown;
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([x], [y]) => (x < y ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
