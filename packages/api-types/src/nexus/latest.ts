/** The newest form of every type of the external API: what everything but the conversions between versions uses. */
export { Ping } from "./v2025112000/system.ts";
