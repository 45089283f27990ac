/** The versioned HTTP framework: declare operations once, serve every version of them. */
export type { BodyDigest } from "./body-digest.ts";
export { ByteWriter } from "./byte-writer.ts";
export * from "./declare.ts";
export * from "./errors.ts";
export * from "./flags.ts";
export { JsonList, type RowWriter } from "./large-json.ts";
export * from "./listen.ts";
export * from "./metrics.ts";
export * from "./ops.ts";
export * from "./pagination.ts";
export * from "./params.ts";
export * from "./request.ts";
export * from "./schema.ts";
export * from "./semver.ts";
export * from "./serve.ts";
export * from "./validate.ts";
export * from "./version-header.ts";
export * from "./versions.ts";
