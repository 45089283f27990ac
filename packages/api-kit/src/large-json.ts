/**
 * JSON of many megabytes in slices, so that other requests are answered in between. It is about lists: an object whose long
 * members are arrays is read and written a batch of elements at a time; anything else goes through JSON as usual.
 */
import { ByteWriter } from "./byte-writer.ts";

export type Yield = () => Promise<void>;

/** Characters parsed at a time: less than a millisecond of work. */
const SLICE_CHARS = 64 * 1024;
/** Elements written at a time. */
const SLICE_ELEMENTS = 16_384;

/**
 * The same value as `JSON.parse(text)`, or its SyntaxError. An object of one long list of objects, with scalars before and
 * after it, is parsed in slices; any other text in one go.
 */
export async function parseLargeJson(text: string, pause: Yield): Promise<unknown> {
  return (await parseSlices(text, pause)) ?? JSON.parse(text);
}

/** `{"generation":1,"entries":[` */
const HEAD = /^\s*\{\s*(?:"\w+"\s*:\s*\d+\s*,\s*)*"(\w+)"\s*:\s*\[/;
/** `],"generation":1}` at the end of the text. */
const TAIL = /\]\s*(?:,\s*"\w+"\s*:\s*(?:\d+|true|false|null)\s*)*\}\s*$/;
const TAIL_CHARS = 1024;

/**
 * Guesses where the list begins, ends and may be cut; the parser proves it. What parses as a whole list leaves a parser
 * that came from the list's beginning between two elements, so a cut after it cannot be inside of a string or a deeper
 * list; and head and tail parse together only if the list is a member of the object. Undefined when a guess was wrong.
 */
async function parseSlices(text: string, pause: Yield): Promise<unknown> {
  const head = HEAD.exec(text);
  const tail = TAIL.exec(text.slice(-TAIL_CHARS));
  if (head === null || tail === null) return undefined;
  const end = Math.max(0, text.length - TAIL_CHARS) + tail.index;
  try {
    const value = JSON.parse(head[0] + tail[0]) as Record<string, unknown>;
    const list = value[head[1] ?? ""];
    // A later member of the same name would take the list's place.
    if (!Array.isArray(list)) return undefined;
    for (let from = head[0].length; from < end;) {
      const cut = cutAfter(text, from + SLICE_CHARS, end);
      for (const element of JSON.parse(`[${text.slice(from, cut)}]`) as unknown[]) list.push(element);
      from = cut + 1;
      await pause();
    }
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Position of the next comma between two objects; `end` when there is none. */
function cutAfter(text: string, at: number, end: number): number {
  const between = /\}\s*,\s*\{/g;
  between.lastIndex = at;
  const match = between.exec(text);
  return match === null || match.index >= end ? end : match.index + match[0].indexOf(",");
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
