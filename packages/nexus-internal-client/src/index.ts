/** The client of the newest nexus-internal API. With all of the runtime. An older version has its own entry, for example `@racklet/nexus-internal-client/v1`. */
export * from "./gen/latest.ts";
export * from "@racklet/client-runtime";
