/** The client of the newest nexus API. With all of the runtime. An older version has its own entry, for example `@racklet/nexus-client/v2026082001`. */
export * from "./gen/latest.ts";
export * from "@racklet/client-runtime";
