/** Path and query parameters of dpd. Numbers, addresses and booleans are read as Rust reads them. */
import { accept, param, query, refuse, s, type Param, type Parsed } from "@racklet/api-kit";
import { NatGroupName } from "./v13_1/nat-group.ts";

export const natIpv4 = { ipv4: param.ipv4() };
export const natIpv4Port = { ...natIpv4, low: param.u16() };
export const natIpv4Range = { ...natIpv4Port, high: param.u16() };

export const natIpv6 = { ipv6: param.ipv6() };
export const natIpv6Port = { ...natIpv6, low: param.u16() };
export const natIpv6Range = { ...natIpv6Port, high: param.u16() };

export const tableName = { table: param.string() };

/** Any text: a tag that nothing carries matches nothing. */
export const settingsTag = { tag: param.string() };

const GROUP_NAME = /^[a-zA-Z0-9_.:-]{1,80}$/;

function parseGroupName(text: string): Parsed<string> {
  return GROUP_NAME.test(text)
    ? accept(text)
    : refuse("a group name has 1 to 80 characters out of a-z, A-Z, 0-9, `_`, `.`, `:` and `-`");
}

export const natGroup = { group: param.custom(NatGroupName, parseGroupName) };

export const dryRun = {
  dry_run: query.withDefault(described("Answer what would change, and change nothing.", param.bool()), false),
};

const MAX_GENERATION = Number.MAX_SAFE_INTEGER;

function parseGeneration(text: string): Parsed<number> {
  const value = param.u64().parse(text);
  return value.ok && value.value >= 1 ? value : refuse(`\`${text}\` is not an integer in 1..=${MAX_GENERATION}`);
}

/** Absent: whatever generation is stored. */
export const upToGeneration = {
  generation: query.optional(
    described(
      "Delete only if the stored generation is not above this one.",
      param.custom(s.integer("int64", { minimum: 1, maximum: MAX_GENERATION }), parseGeneration),
    ),
  ),
};

export const fromHardware = {
  from_hardware: query.required(described("Read the ASIC itself instead of the driver's copy.", param.bool())),
};

export const forceSync = {
  force_sync: query.required(
    described("Fetch the counters from the ASIC now, even if the last fetch is still fresh.", param.bool()),
  ),
};

function described<T>(description: string, of: Param<T>): Param<T> {
  return { ...of, description };
}
