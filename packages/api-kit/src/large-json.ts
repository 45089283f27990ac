/**
 * JSON of many megabytes in slices, so that other requests are answered in between. It is about lists: an object whose long
 * members are arrays is read and written a batch of elements at a time; anything else goes through JSON as usual.
 */
import { ByteWriter } from "./byte-writer.ts";

export type Yield = () => Promise<void>;

/** Characters parsed at a time: some milliseconds of work. */
const SLICE_CHARS = 1024 * 1024;
/** Elements written at a time. */
const SLICE_ELEMENTS = 16_384;

/** The same value as `JSON.parse(text)`, or its SyntaxError. */
export async function parseLargeJson(text: string, pause: Yield): Promise<unknown> {
  const scanner = new Scanner(text);
  const members = await scanner.topLevel(pause);
  // Not an object with plain keys, or not JSON at all: the parser proper says what it is.
  if (members === undefined) return JSON.parse(text);
  const value: Record<string, unknown> = {};
  for (const { key, start, end, cuts } of members) {
    value[key] =
      cuts === undefined ? JSON.parse(text.slice(start, end)) : await elements(text, start, end, cuts, pause);
  }
  return value;
}

async function elements(
  text: string,
  start: number,
  end: number,
  cuts: readonly number[],
  pause: Yield,
): Promise<unknown[]> {
  const list: unknown[] = [];
  let from = start + 1;
  for (const cut of [...cuts, end - 1]) {
    for (const element of JSON.parse(`[${text.slice(from, cut)}]`) as unknown[]) list.push(element);
    from = cut + 1;
    await pause();
  }
  return list;
}

interface Member {
  readonly key: string;
  /** The value is `text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
  /** For an array longer than a slice: some of the commas between its elements. */
  readonly cuts: readonly number[] | undefined;
}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Finds where values begin and end by their brackets and strings alone; whether they are JSON is for the parser to say. */
class Scanner {
  readonly #text: string;
  #at = 0;
  #sliceEnd = SLICE_CHARS;

  constructor(text: string) {
    this.#text = text;
  }

  /** The members of the one object that the text is; undefined when it is not one that can be cut up. */
  async topLevel(pause: Yield): Promise<Member[] | undefined> {
    const members: Member[] = [];
    if (this.#next() !== OPEN_OBJECT) return undefined;
    for (;;) {
      const key = this.#key();
      if (key === undefined) return undefined;
      if (this.#next() !== COLON) return undefined;
      this.#skipSpace();
      const start = this.#at;
      const cuts = await this.#skipValue(pause);
      if (cuts === undefined) return undefined;
      const isLongArray = this.#text.charCodeAt(start) === OPEN_ARRAY && cuts.length > 0;
      members.push({ key, start, end: this.#at, cuts: isLongArray ? cuts : undefined });
      const separator = this.#next();
      if (separator === COMMA) continue;
      if (separator !== CLOSE_OBJECT) return undefined;
      this.#skipSpace();
      return this.#at === this.#text.length ? members : undefined;
    }
  }

  /** A key without escapes that is no name of the prototype's; others are left to the parser. */
  #key(): string | undefined {
    if (this.#next() !== QUOTE) return undefined;
    const end = this.#text.indexOf('"', this.#at);
    const key = end < 0 ? "\\" : this.#text.slice(this.#at, end);
    if (key.includes("\\") || key === "__proto__" || !/^[\x20-\x7e]*$/.test(key)) return undefined;
    this.#at = end + 1;
    return key;
  }

  /** Moves behind the value, and answers commas between the elements of its outermost array, a slice apart. */
  async #skipValue(pause: Yield): Promise<number[] | undefined> {
    const text = this.#text;
    const cuts: number[] = [];
    let depth = 0;
    for (;;) {
      if (this.#at >= this.#sliceEnd) {
        this.#sliceEnd = this.#at + SLICE_CHARS;
        await pause();
      }
      const char = text.charCodeAt(this.#at);
      if (Number.isNaN(char)) return undefined;
      if (char === QUOTE) {
        const end = this.#endOfString();
        if (end < 0) return undefined;
        this.#at = end;
      } else if (char === OPEN_ARRAY || char === OPEN_OBJECT) {
        depth++;
      } else if (char === CLOSE_ARRAY || char === CLOSE_OBJECT) {
        if (depth === 0) return cuts;
        depth--;
        if (depth === 0) {
          this.#at++;
          return cuts;
        }
      } else if (char === COMMA) {
        if (depth === 0) return cuts;
        const last = cuts.at(-1) ?? 0;
        if (depth === 1 && this.#at - last >= SLICE_CHARS) cuts.push(this.#at);
      }
      this.#at++;
    }
  }

  /** The position of the closing quote of the string that begins here; below 0 when there is none. */
  #endOfString(): number {
    let end = this.#text.indexOf('"', this.#at + 1);
    while (end >= 0 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    return end;
  }

  #isEscaped(position: number): boolean {
    let slashes = 0;
    while (this.#text.charCodeAt(position - 1 - slashes) === BACKSLASH) slashes++;
    return slashes % 2 === 1;
  }

  #next(): number {
    this.#skipSpace();
    return this.#text.charCodeAt(this.#at++);
  }

  #skipSpace(): void {
    for (;;) {
      const char = this.#text.charCodeAt(this.#at);
      if (char !== 32 && char !== 10 && char !== 13 && char !== 9) return;
      this.#at++;
    }
  }
}

/** A list shorter than this is written like everything else. */
const OWN_WRITER_ELEMENTS = 256;

/** How the elements of a JsonList are written. */
export interface RowWriter<R> {
  /** Writes the JSON of an element, which must be that of its value. */
  readonly write: (row: R, out: ByteWriter) => void;
  /** The most that an element takes. */
  readonly maxBytes: number;
}

/**
 * A list in an answer that knows how to write its elements: for bulk answers, where making an object of each only to
 * write it is most of the work.
 */
export class JsonList<R> {
  readonly rows: readonly R[];
  readonly writer: RowWriter<R>;
  readonly #toValue: (row: R) => unknown;

  private constructor(rows: readonly R[], toValue: (row: R) => unknown, writer: RowWriter<R>) {
    this.rows = rows;
    this.#toValue = toValue;
    this.writer = writer;
  }

  /** Goes where an answer's type has an array: to whoever reads the JSON it is one. */
  static of<R, V>(rows: readonly R[], toValue: (row: R) => V, writer: RowWriter<R>): V[] {
    return new JsonList(rows, toValue, writer) as unknown as V[];
  }

  toJSON(): unknown[] {
    return this.rows.map(this.#toValue);
  }
}

/** True when writing the value in one go would take noticeable time. */
export function isLarge(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || "toJSON" in value) return false;
  return Object.values(value).some((member) =>
    member instanceof JsonList
      ? member.rows.length > OWN_WRITER_ELEMENTS
      : Array.isArray(member) && member.length > SLICE_ELEMENTS,
  );
}

/** A first guess of what a row takes, so that an answer rarely has to be copied into more room. */
const BYTES_PER_ROW = 160;

/** The same bytes as of `JSON.stringify(value)`. */
export async function largeJsonBytes(
  value: Readonly<Record<string, unknown>>,
  pause: Yield,
): Promise<Uint8Array<ArrayBuffer>> {
  const lists = Object.values(value).filter((member) => member instanceof JsonList);
  const out = new ByteWriter(lists.reduce((sum, { rows }) => sum + BYTES_PER_ROW * rows.length, 65_536));
  let separator = "{";
  for (const [key, member] of Object.entries(value)) {
    const head = `${separator}${JSON.stringify(key)}:`;
    if (member instanceof JsonList) {
      out.text(`${head}[`);
      for (let from = 0; from < member.rows.length; from += SLICE_ELEMENTS) {
        if (from > 0) await pause();
        writeRows(member, from, out);
      }
      out.text("]");
    } else if (Array.isArray(member) && member.length > SLICE_ELEMENTS) {
      out.text(`${head}[`);
      for (let from = 0; from < member.length; from += SLICE_ELEMENTS) {
        const batch = JSON.stringify(member.slice(from, from + SLICE_ELEMENTS)).slice(1, -1);
        out.text(from === 0 ? batch : `,${batch}`);
        await pause();
      }
      out.text("]");
    } else {
      const text: string | undefined = JSON.stringify(member);
      // As JSON.stringify does: what has no JSON, such as undefined, is left out.
      if (text === undefined) continue;
      out.text(head + text);
    }
    separator = ",";
  }
  out.text(separator === "{" ? "{}" : "}");
  return out.finish();
}

function writeRows<R>({ rows, writer }: JsonList<R>, from: number, out: ByteWriter): void {
  const { write, maxBytes } = writer;
  for (let i = from; i < Math.min(from + SLICE_ELEMENTS, rows.length); i++) {
    out.reserve(maxBytes + 1);
    if (i > 0) out.ascii(",");
    // The index is below the length.
    write(rows[i] as R, out);
  }
}
