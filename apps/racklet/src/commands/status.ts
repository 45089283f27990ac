/** `racklet status`: the running rack at a glance. What does not answer is shown as such; nothing here waits for long. */
import type { Io } from "../cli/io.ts";
import { askRack } from "../control/client.ts";
import { inspectRack } from "../rack/inspect.ts";
import { serviceToJson } from "./status-json.ts";
import { statusText } from "./status-text.ts";

export async function status(options: { readonly data: string; readonly json: boolean }, io: Io): Promise<number> {
  const rack = await askRack(options.data, { op: "status" }, io.world);
  const views = await inspectRack(rack, io.world);
  if (!options.json) {
    io.out(statusText(rack, views, io.style));
    return 0;
  }
  io.out(
    JSON.stringify({
      pid: rack.pid,
      data: rack.data,
      in_process: rack.inProcess,
      ready: rack.ready,
      uptime_ms: Math.round(rack.uptimeMs),
      services: rack.services.map((service) => ({
        ...serviceToJson(service),
        api_versions: views.versions.get(service.name) ?? null,
      })),
      background_tasks: views.tasks.ok ? views.tasks.value : { error: views.tasks.error },
      nat: views.nat.map(({ switch: name, desired, group }) => ({
        switch: name,
        nexus_generation: desired ?? null,
        ...(group.ok ? { group: group.value ?? null } : { error: group.error }),
      })),
    }),
  );
  return 0;
}
