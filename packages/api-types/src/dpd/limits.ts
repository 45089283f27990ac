/** How many bytes a request body may have. */

/** Upstream's limit for the whole server: about 70 NAT entries. */
export const BODY_LIMIT = 10_240;

/** All links of a switch as members in both directions, 70 bytes each, fit twice; upstream takes some 140. */
export const MULTICAST_BODY_LIMIT = 65_536;

/**
 * The most any bulk operation accepts: 1,048,576 entries (a table of the `large` profile) of up to 256 bytes of JSON; one
 * has 150 to 180. A server with smaller tables serves these operations with the smaller limit below.
 */
export const BULK_BODY_LIMIT = 256 * 1024 * 1024;

/** With upstream's table sizes: some 24,000 entries, so that a set ten times too large still learns why by name. */
export const SIDECAR_BULK_BODY_LIMIT = 4 * 1024 * 1024;
