/** The client of the newest sled-agent API. With all of the runtime. An older version has its own entry, for example `@racklet/sled-agent-client/v1`. */
export * from "./gen/latest.ts";
export * from "@racklet/client-runtime";
