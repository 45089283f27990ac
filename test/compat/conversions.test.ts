/**
 * Every conversion between two neighbouring versions, tried on values that the document of the one version allows and held
 * against the document of the other. Which conversions there are comes from the declarations, so new ones are tried as well.
 */
import { HttpError } from "@racklet/api-kit";
import { apis } from "@racklet/api-types/registry";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { valuesOf } from "../fuzz/support/arbitrary.ts";
import { isRecord } from "../fuzz/support/conforms.ts";
import { createPool } from "../fuzz/support/pool.ts";
import { conversionsOf, sharedProperties, type Conversion } from "./support/conversions.ts";
import { queryConversionsOf } from "./support/query-conversions.ts";
import { REPLAY, report, SEED, sized } from "./support/runs.ts";

const all = apis.flatMap(conversionsOf);
const ups = all.filter(({ direction }) => direction === "up");
const downs = all.filter(({ direction }) => direction === "down");
const queries = apis.flatMap(queryConversionsOf);
const inverses = ups.flatMap((up) =>
  downs
    .filter((down) => down.ident === up.ident && down.toSchema === up.fromSchema && down.fromSchema === up.toSchema)
    .map((down) => ({ what: `${up.what} and back as ${down.operationId}`, up, down })),
);

const RUNS = sized(12, 200);
/** What chance would hardly ever make. */
const POOL = createPool({
  source_nat: [{ ip: "192.168.1.10", first_port: 16_384, last_port: 32_767 }],
  group_ip: ["ff04::1"],
});

/** Bodies of an older version that the newer one cannot take are refused as the client's fault: by these conversions only. */
const MAY_REFUSE: Readonly<Record<string, string>> = {
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
  "sled-agent vpc_firewall_rules_put": "interfaces that cannot be",
  "sled-agent vmm_join_multicast_group": "the body of the other operation",
  "sled-agent vmm_leave_multicast_group": "the body of the other operation",
};

/** Answers that an older version has no words for are refused with the version that has them. */
const INEXPRESSIBLE: Readonly<Record<string, string>> = {
  "propolis instance_spec_get": "a component or a property of one that the older version does not know",
};

/** What an older client cannot say and the newer document demands: handlers see that nothing was said of it. */
const UNSAID: Readonly<Record<string, string>> = {
  "nexus instance_update 2026010800.0.0 → 2026060500.0.0": "enable_jumbo_frames",
  "dpd multicast_group_update_external 7.0.0 → 8.0.0": "tag",
  "dpd multicast_group_update_underlay 1.0.0 → 8.0.0": "tag",
  "dpd multicast_group_delete 1.0.0 → 8.0.0": "tag",
};

/** Properties whose name and type stayed while their meaning changed, so that the conversion has to change them. */
const MEANS_ELSE: Readonly<Record<string, string>> = {
  "dpd link_history_get 11.0.0 → 1.0.0 timestamp": "was relative to dpd's start, is wall-clock time",
};

const REFUSED = Symbol("refused");
let ran = 0;

function tryOn(conversion: Conversion, property: (value: unknown) => void): void {
  const values = valuesOf(conversion.from.document, conversion.from.schema, POOL);
  fc.assert(
    fc.property(values, (value) => {
      const before = JSON.stringify(value);
      property(value);
      expect(JSON.stringify(value), "the conversion changed its argument").toBe(before);
    }),
    { seed: SEED, numRuns: RUNS },
  );
  ran += 1;
}

function convert(conversion: Conversion, value: unknown): unknown {
  try {
    return conversion.convert(value);
  } catch (error) {
    const { direction, ident, operationId } = conversion;
    const isRefusal = error instanceof HttpError && error.status === 400;
    const allowed = direction === "up" ? MAY_REFUSE : INEXPRESSIBLE;
    if (!isRefusal || !(`${ident} ${operationId}` in allowed)) throw error;
    if (direction === "down") expect(error.message).toMatch(/requires api-version \d+\.\d+\.\d+ or newer/);
    return REFUSED;
  }
}

/** As the other side sees it. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null)) as unknown;

function issueOf({ what, to }: Conversion, value: unknown): string {
  const issue = to.check(sent(value));
  if (issue === null || issue.message.includes(`\`${UNSAID[what]}\``)) return "none";
  return `${issue.path}: ${issue.message}`;
}

/** A conversion is about what is new: a property that means the same on both sides goes through it unchanged. */
function expectSharedKept(conversion: Conversion, before: unknown, after: unknown): void {
  if (!isRecord(before) || !isRecord(after)) return;
  for (const name of sharedProperties(conversion.from, conversion.to)) {
    if (`${conversion.what} ${name}` in MEANS_ELSE) continue;
    expect(sent(after[name]), `${conversion.what}: ${name}; ${REPLAY}`).toEqual(sent(before[name]));
  }
}

// What nobody knows may get lost, and two of the generated objects have some.
function withoutUnknown(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) => (key === "zz_unknown" || key === "__proto__" ? undefined : part)),
  ) as unknown;
}

test.each(ups)("a body goes up: $what", (up) => {
  let converted = 0;
  tryOn(up, (body) => {
    const newer = convert(up, body);
    if (newer === REFUSED) return;
    converted += 1;
    expect(issueOf(up, newer), `${up.what} made ${JSON.stringify(newer)}; ${REPLAY}`).toBe("none");
    expectSharedKept(up, body, newer);
  });
  expect(converted, "no body was converted").toBeGreaterThan(0);
});

test.each(downs)("an answer goes down: $what", (down) => {
  tryOn(down, (answer) => {
    const older = convert(down, answer);
    if (older === REFUSED) return;
    expect(issueOf(down, older), `${down.what} made ${JSON.stringify(older)}; ${REPLAY}`).toBe("none");
    expectSharedKept(down, answer, older);
  });
});

test.each(inverses)("nothing of an older value is lost: $what", ({ up, down }) => {
  tryOn(up, (value) => {
    const newer = convert(up, value);
    if (newer === REFUSED) return;
    expect(withoutUnknown(convert(down, newer)), REPLAY).toEqual(withoutUnknown(value));
  });
});

test.each(queries)("a query goes up: $what", ({ what, values, toNewer, fault }) => {
  fc.assert(
    fc.property(values, (query) => {
      const found = fault(toNewer(query));
      expect(found === `${UNSAID[what]} is missing` ? undefined : found, REPLAY).toBeUndefined();
    }),
    { seed: SEED, numRuns: RUNS },
  );
  ran += 1;
});

test("every exception is one of a conversion that there is", () => {
  const known = new Set([...all, ...queries].flatMap(({ what }) => [what, what.split(" ").slice(0, 2).join(" ")]));
  const named = [MAY_REFUSE, INEXPRESSIBLE, UNSAID].flatMap((each) => Object.keys(each));
  expect(named.filter((each) => !known.has(each))).toEqual([]);
  expect(Object.keys(MEANS_ELSE).filter((each) => !known.has(each.replace(/ \w+$/, "")))).toEqual([]);
});

afterAll(() => {
  const possible = ups.length + downs.length + inverses.length + queries.length;
  report(`conversions, ${RUNS} values each`, ran, possible);
});
