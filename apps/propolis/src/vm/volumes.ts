/** The Crucible volumes of a VM, by the key of their backend. */
import type { InstanceSpec, ReplaceResult, VolumeInfo } from "@racklet/api-types/propolis/latest";
import type { World } from "@racklet/world";
import { PropolisError } from "../errors.ts";
import { parseVolumeRequest, replacementIssue, volumeInfo, type VolumeRequest } from "../machine/volume-request.ts";
import { componentsOf } from "../spec/canonical.ts";
import { canonicalSpecKey } from "../spec/spec-key.ts";
import type { RequestQueue } from "./request-queue.ts";

interface Volume {
  json: string;
  readonly isReadOnly: boolean;
  /** Of its connection, as long as the VM lives. */
  readonly sessionId: string;
}

export class Volumes {
  readonly #volumes: ReadonlyMap<string, Volume>;
  readonly #otherKeys: ReadonlySet<string>;
  readonly #queue: RequestQueue;

  constructor(volumes: ReadonlyMap<string, Volume>, otherKeys: ReadonlySet<string>, queue: RequestQueue) {
    this.#volumes = volumes;
    this.#otherKeys = otherKeys;
    this.#queue = queue;
  }

  info(key: string): VolumeInfo {
    const { json, ...rest } = this.#get(key);
    return volumeInfo(requestOf(json), rest);
  }

  /** Throws `volumeRefused` for a volume that nothing can be written to. A volume here has no data: there is nothing to keep. */
  snapshot(key: string): void {
    const { isReadOnly } = this.#get(key);
    if (isReadOnly) throw new PropolisError("volumeRefused", "cannot take a snapshot of a read-only volume");
  }

  /** In its turn. Rejects with `volumeRefused`, or `destroyedFirst` when the VM ends before. */
  replace(key: string, json: string): Promise<ReplaceResult> {
    const volume = this.#get(key);
    return new Promise((resolve, reject) => {
      const run = (): void => {
        try {
          resolve(replaceIn(volume, json));
        } catch (error) {
          reject(error as Error);
        }
      };
      this.#queue.put({ kind: "replaceVolume", run, drop: reject });
    });
  }

  /** The specification with the requests that the volumes have now. */
  applyTo(spec: InstanceSpec): InstanceSpec {
    const components = Object.entries(spec.components).map(([key, entry]): Entry => {
      const volume = this.#volumes.get(key);
      if (entry.type !== "crucible_storage_backend" || volume === undefined) return [key, entry];
      return [key, { ...entry, component: { ...entry.component, request_json: volume.json } }];
    });
    return { ...spec, components: Object.fromEntries(components) };
  }

  #get(text: string): Volume {
    const key = canonicalSpecKey(text);
    const volume = this.#volumes.get(key);
    if (volume !== undefined) return volume;
    const reason = this.#otherKeys.has(key) ? `No crucible backend for id ${key}` : `no disk with id ${key}!`;
    throw new PropolisError("noSuchDisk", reason);
  }
}

type Entry = [key: string, component: InstanceSpec["components"][string]];

export function volumesOf(spec: InstanceSpec, queue: RequestQueue, ids: World["ids"]): Volumes {
  const volumes = new Map<string, Volume>();
  const otherKeys = new Set<string>();
  for (const [key, entry] of componentsOf(spec)) {
    if (entry.type !== "crucible_storage_backend") otherKeys.add(key);
    else {
      const { request_json: json, readonly: isReadOnly } = entry.component;
      volumes.set(key, { json, isReadOnly, sessionId: ids.uuid() });
    }
  }
  return new Volumes(volumes, otherKeys, queue);
}

function replaceIn(volume: Volume, json: string): ReplaceResult {
  const current = requestOf(volume.json);
  const wanted = parseVolumeRequest(json);
  if (wanted === null) throw new PropolisError("volumeRefused", "vcr_json is no volume construction request");
  if (JSON.stringify(current) === JSON.stringify(wanted)) return "vcr_matches";
  const issue = replacementIssue(current, wanted);
  if (issue !== null) throw new PropolisError("volumeRefused", issue);
  volume.json = json;
  return "started";
}

/** Of a volume that was made from it. */
function requestOf(json: string): VolumeRequest {
  return parseVolumeRequest(json) ?? {};
}
