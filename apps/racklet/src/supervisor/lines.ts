/** Lines of a service's output: cut from a stream of bytes, and of the last ones the one that explains a death. Memory is bounded. */
import { StringDecoder } from "node:string_decoder";

const MAX_LINE = 64 * 1024;

/** Answers with a function to feed; `onLine` gets each line without its end. Call the function without a chunk at the end. */
export function splitLines(onLine: (line: string) => void): (chunk?: Uint8Array) => void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return (chunk) => {
    rest +=
      chunk === undefined
        ? decoder.end()
        : decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE || chunk === undefined) {
      lines.push(rest);
      rest = "";
    }
    for (const line of lines) if (line !== "") onLine(line);
  };
}

const KEPT = 40;
/** What Node prints around an error: stack frames, braces, its own version, and the place in the source. */
const NOISE = /^\s|^[})\]]|^Node\.js v|^node:|^file:/;
const ERROR = /^(Uncaught )?\w*(Error|Exception)\b.*:/;

export class LastLines {
  readonly #lines: string[] = [];

  add(line: string): void {
    if (this.#lines.push(line) > KEPT) this.#lines.shift();
  }

  /** The last error there is, or else the last line that is not noise. */
  mostTelling(): string | undefined {
    return (
      this.#lines.findLast((line) => ERROR.test(line)) ??
      this.#lines.findLast((line) => !NOISE.test(line)) ??
      this.#lines.at(-1)
    );
  }
}
