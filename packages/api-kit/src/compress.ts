/** Compression of answers for clients that ask for it. Long ones are compressed off the main thread. */
import { promisify } from "node:util";
import { constants, gzip, gzipSync } from "node:zlib";

/** Fast rather than small: what is saved on the way must not be spent here. */
const OPTIONS = { level: constants.Z_BEST_SPEED } as const;
/** From this many bytes on, waiting for another thread costs less than holding this one. */
const LARGE_BYTES = 64 * 1024;

const compressLarge = promisify<Uint8Array | string, typeof OPTIONS, Buffer>(gzip);

/** A text or its bytes as gzip. */
export async function gzipped(body: string | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = body.length < LARGE_BYTES ? gzipSync(body, OPTIONS) : await compressLarge(body, OPTIONS);
  // zlib's buffers are never shared between threads.
  return bytes as Uint8Array<ArrayBuffer>;
}

/** Whether an `accept-encoding` header allows gzip: by its name, or else by `*`; a weight of 0 refuses. */
export function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined) return false;
  const weights = new Map<string, number>();
  for (const part of header.split(",")) {
    const [coding = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const weight = parameters.find((text) => text.startsWith("q="));
    weights.set(coding, weight === undefined ? 1 : Number(weight.slice(2)));
  }
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}
