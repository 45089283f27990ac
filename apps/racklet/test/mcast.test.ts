/** `racklet mcast` and `racklet wait`: what is understood, and what people see. */
import { describe, expect, test } from "vitest";
import { parseCommandLine, UsageError } from "../src/cli/parse.ts";
import { groupsText, membersText, targetsText, whyText } from "../src/commands/mcast-text.ts";
import { PLAIN } from "../src/text/style.ts";

const parse = (line: string) => parseCommandLine(line.split(" "), {});
const common = { data: ".racklet", json: false };

describe("the command line", () => {
  test.each([
    ["mcast", { command: "mcast", view: "groups", ...common }],
    ["mcast targets --json", { command: "mcast", view: "targets", ...common, json: true }],
    ["mcast why 224.1.2.3 web", { command: "mcast", view: "why", group: "224.1.2.3", instance: "web", ...common }],
    ["wait --applied", { command: "wait", timeoutMs: 10_000, ...common }],
    ["wait --applied --timeout 0.5", { command: "wait", timeoutMs: 500, ...common }],
  ])("%s", (line, command) => {
    expect(parse(line)).toEqual(command);
  });

  test.each([
    ["mcast switches", 'mcast has no view "switches": groups, members, targets or why'],
    ["mcast why web", "mcast why needs a group and an instance"],
    ["mcast groups now", 'mcast groups does not take "now"'],
    ["wait", "wait needs --applied"],
    ["wait --applied --timeout 61", "--timeout 61: expected seconds, above 0 and at most 60"],
    ["wait --applied --timeout soon", "--timeout soon: expected seconds"],
  ])("%s is refused", (line, message) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(message);
  });
});

const NOW = Date.parse("2026-01-01T00:01:00.000Z");

describe("people see", () => {
  test("groups", () => {
    const group = {
      id: "i",
      name: "news",
      multicast_ip: "224.1.2.3",
      underlay_ip: "ff04::e001:203",
      state: "active",
      explicit: false,
      sources: null,
      members: 2,
      joined: 1,
      condition: "held",
      action: "none",
    } as const;
    expect(groupsText([group], PLAIN).split("\n")).toEqual([
      "GROUP      NAME  UNDERLAY        STATE   JOINED  SOURCES  NOW",
      "224.1.2.3  news  ff04::e001:203  active  1/2     any      held",
    ]);
    expect(groupsText([], PLAIN)).toBe("no multicast groups");
  });

  test("members", () => {
    const member = {
      id: "i",
      multicast_ip: "224.1.2.3",
      instance_id: "x",
      instance_name: "web",
      state: "left",
      ended: true,
      sled_id: "s",
      source_ips: ["10.0.0.1", "10.0.0.2"],
      condition: "held",
      action: "told again",
    } as const;
    expect(membersText([{ ...member, source_ips: [...member.source_ips] }], PLAIN).split("\n")[1]).toBe(
      "224.1.2.3  web       ended  s     10.0.0.1 10.0.0.2  held",
    );
    expect(membersText([], PLAIN)).toBe("no members of multicast groups");
  });

  test("targets with what differs, since when, and the last error", () => {
    const target = {
      target: "switch0",
      outcome: "in_sync",
      checked: 3,
      differences: [],
      generation: 7,
      acknowledged_generation: 7,
      time_acknowledged: "2026-01-01T00:00:50.000Z",
      last_error: null,
      failing_since: null,
    } as const;
    const lagging = {
      ...target,
      target: "switch1",
      outcome: "unreachable" as const,
      differences: ["refused"],
      acknowledged_generation: 5,
      last_error: "unreachable: refused",
      failing_since: "2026-01-01T00:00:00.000Z",
    };
    expect(targetsText([{ ...target, differences: [] }, lagging], NOW, PLAIN).split("\n")).toEqual([
      "TARGET   OUTCOME      ENTRIES  GENERATION  SINCE       LAST ERROR",
      "switch0  in sync      3        7           10.0 s ago",
      "switch1  unreachable  3        5 of 7      1 min ago   unreachable: refused",
      "",
      "switch1  refused",
    ]);
  });

  test("where a membership ends", () => {
    const steps = [
      { step: "membership", ok: true, detail: "joined", since: null },
      { step: "switch1", ok: false, detail: "away", since: "2026-01-01T00:00:55.000Z" },
    ];
    expect(
      whyText({ multicast_ip: "224.1.2.3", instance_id: "i", complete: false, steps }, NOW, PLAIN).split("\n"),
    ).toEqual([
      "     STEP        DETAIL  SINCE",
      "yes  membership  joined",
      "no   switch1     away    5.0 s ago",
      "",
      "it ends at: switch1",
    ]);
  });
});
