/** For tests of whatever keeps its state in a store: the same test on every database. */
export { storeLegs, type FreshDatabase, type StoreLeg } from "./legs.ts";
export { fastDirectory } from "./fast-directory.ts";
export { rewindable } from "./rewind.ts";
