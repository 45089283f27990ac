/** The client of the newest sled-agent API. An older version has its own entry, for example `@racklet/sled-agent-client/v1`. */
export * from "./gen/latest.ts";
