/** The state of a service as `--json` shows it. */
import type { ServiceStatus } from "../supervisor/supervisor.ts";

export function serviceToJson({ name, url, phase, pid, uptimeMs, restarts, lastExit }: ServiceStatus): object {
  return {
    name,
    url,
    state: phase,
    pid: pid ?? null,
    uptime_ms: uptimeMs === undefined ? null : Math.round(uptimeMs),
    restarts,
    last_exit:
      lastExit === undefined
        ? null
        : { code: lastExit.code, signal: lastExit.signal, last_line: lastExit.lastLine ?? null },
  };
}
