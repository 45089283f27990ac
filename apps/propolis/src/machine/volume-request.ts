/** Volume construction requests: what a Crucible backend is made from, as far as anything here looks into them. Pure. */
import type { VolumeInfo } from "@racklet/api-types/propolis/latest";

/** An object of JSON; everything in it is checked where it is read. */
export type VolumeRequest = Readonly<Record<string, unknown>>;

/** Null for a text that is no object of JSON. */
export function parseVolumeRequest(json: string): VolumeRequest | null {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Why `wanted` cannot take the place of `current` in a running volume; null when it can. */
export function replacementIssue(current: VolumeRequest, wanted: VolumeRequest): string | null {
  if (current["type"] !== "volume" || wanted["type"] !== "volume")
    return "only a request of type volume can be replaced";
  for (const field of ["id", "block_size"]) {
    if (current[field] !== wanted[field]) return `${field} differs: ${text(current[field])} and ${text(wanted[field])}`;
  }
  const [before, after] = [partsOf(current), partsOf(wanted)];
  if (before.length !== after.length) return `sub_volumes: ${before.length} and ${after.length}`;
  let changed = 0;
  for (const [i, part] of before.entries()) {
    const other = after[i] ?? {};
    const issue = regionIssue(part, other);
    if (issue !== null) return `sub_volumes[${i}]: ${issue}`;
    changed += targetsOf(part).filter((target, j) => target !== targetsOf(other)[j]).length;
  }
  return changed > 1 ? `${changed} targets differ, only one can be replaced at a time` : null;
}

function regionIssue(before: VolumeRequest, after: VolumeRequest): string | null {
  for (const field of ["type", "block_size", "blocks_per_extent", "extent_count"]) {
    if (before[field] !== after[field]) return `${field} differs: ${text(before[field])} and ${text(after[field])}`;
  }
  if (targetsOf(before).length !== targetsOf(after).length) return "the number of targets differs";
  const [gen, newGen] = [numberIn(before, "gen"), numberIn(after, "gen")];
  return newGen > gen ? null : `gen ${newGen} is not above ${gen}`;
}

/** How the volume shows itself while the VM runs: every part of it active. */
export function volumeInfo(
  request: VolumeRequest,
  ids: { readonly sessionId: string; readonly isReadOnly: boolean },
): VolumeInfo {
  if (request["type"] !== "region") {
    const parent = request["read_only_parent"];
    return {
      volume: {
        sub_volumes: partsOf(request).map((part) => volumeInfo(part, ids)),
        ...(isObject(parent) ? { read_only_parent: volumeInfo(parent, { ...ids, isReadOnly: true }) } : {}),
      },
    };
  }
  const options = optionsOf(request);
  return {
    upstairs: {
      block_size: numberIn(request, "block_size"),
      encrypted: typeof options["key"] === "string",
      generation: numberIn(request, "gen"),
      live_repair_in_progress: false,
      read_only: ids.isReadOnly || options["read_only"] === true,
      reconcile_in_progress: false,
      session_id: ids.sessionId,
      state: "active",
      targets: targetsOf(request).map((target_addr) => ({ state: { type: "active" }, target_addr })),
      upstairs_id: typeof options["id"] === "string" ? options["id"] : ids.sessionId,
    },
  };
}

function partsOf(request: VolumeRequest): VolumeRequest[] {
  const parts = request["sub_volumes"];
  return Array.isArray(parts) ? parts.filter(isObject) : [];
}

function optionsOf(request: VolumeRequest): VolumeRequest {
  const options = request["opts"];
  return isObject(options) ? options : {};
}

function targetsOf(request: VolumeRequest): string[] {
  const targets = optionsOf(request)["target"];
  return Array.isArray(targets) ? targets.map(String) : [];
}

function numberIn(request: VolumeRequest, field: string): number {
  const value = request[field];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

const text = (value: unknown): string => JSON.stringify(value) ?? "nothing";

function isObject(value: unknown): value is VolumeRequest {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
