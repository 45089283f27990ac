/** The client of the newest nexus-internal API. An older version has its own entry, for example `@racklet/nexus-internal-client/v1`. */
export * from "./gen/latest.ts";
