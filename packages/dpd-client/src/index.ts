/** The client of the newest dpd API. An older version has its own entry, for example `@racklet/dpd-client/v1`. */
export * from "./gen/latest.ts";
