/** The client of the newest propolis API. With all of the runtime. An older version has its own entry, for example `@racklet/propolis-client/v1`. */
export * from "./gen/latest.ts";
export * from "@racklet/client-runtime";
