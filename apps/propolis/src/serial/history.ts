/** What a serial console has written: the first MiB for ever, and the newest MiB. Offsets count bytes since the VM's start. */
import { PropolisError } from "../errors.ts";

export const BEGINNING_BYTES = 1024 * 1024;
export const ROLLING_BYTES = 1024 * 1024;

/** Where to begin reading: from the start, or so many bytes before the end. */
export type SerialOffset = { readonly fromStart: number } | { readonly mostRecent: number };

export interface HistorySlice {
  readonly data: Uint8Array;
  /** Where the byte after the last one of `data` stands. */
  readonly end: number;
}

export interface HistoryLimits {
  readonly beginning: number;
  readonly rolling: number;
}

const LIMITS: HistoryLimits = { beginning: BEGINNING_BYTES, rolling: ROLLING_BYTES };

export class SerialHistory {
  readonly #limits: HistoryLimits;
  readonly #beginning = new Chunks();
  readonly #rolling = new Chunks();
  #total = 0;

  constructor(limits: HistoryLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Bytes written so far. */
  get total(): number {
    return this.#total;
  }

  append(bytes: Uint8Array): void {
    this.#total += bytes.length;
    const first = bytes.subarray(0, this.#limits.beginning - this.#beginning.length);
    this.#beginning.append(first);
    this.#rolling.append(bytes.subarray(first.length));
    this.#rolling.trim(this.#limits.rolling);
  }

  /** At most `maxBytes`, fewer where what is kept ends. Throws `invalid` for bytes that are no longer, or not yet, there. */
  read(offset: SerialOffset, maxBytes: number): HistorySlice {
    const start = "fromStart" in offset ? offset.fromStart : Math.max(0, this.#total - offset.mostRecent);
    if (start > this.#total) {
      throw new PropolisError("invalid", `from_start ${start} is beyond the ${this.#total} bytes written so far`);
    }
    const beginningEnd = this.#beginning.length;
    const rollingStart = this.#total - this.#rolling.length;
    if (start < beginningEnd) {
      const head = this.#beginning.slice(start, maxBytes);
      const isWhole = rollingStart === beginningEnd && head.length < maxBytes;
      const rest = isWhole ? this.#rolling.slice(0, maxBytes - head.length) : new Uint8Array();
      return { data: Buffer.concat([head, rest]), end: start + head.length + rest.length };
    }
    if (start < rollingStart) {
      throw new PropolisError(
        "invalid",
        `byte ${start} is no longer kept: only the first ${beginningEnd} and those from ${rollingStart} on are`,
      );
    }
    const data = this.#rolling.slice(start - rollingStart, maxBytes);
    return { data, end: start + data.length };
  }

  /** All that is kept, for another process to go on with. */
  export(): { readonly total: number; readonly beginning: Uint8Array; readonly rolling: Uint8Array } {
    return { total: this.#total, beginning: this.#beginning.all(), rolling: this.#rolling.all() };
  }

  /** Takes the place of what there is. */
  import(kept: { readonly total: number; readonly beginning: Uint8Array; readonly rolling: Uint8Array }): void {
    this.#beginning.replace(kept.beginning.subarray(0, this.#limits.beginning));
    this.#rolling.replace(kept.rolling);
    this.#rolling.trim(this.#limits.rolling);
    this.#total = kept.total;
  }
}

/** Bytes in the pieces they came in, so that a quiet console takes no room. */
class Chunks {
  #pieces: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    // Small pieces are joined: each has a cost of its own.
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.length + bytes.length <= 4096) {
      this.#pieces[this.#pieces.length - 1] = Buffer.concat([last, bytes]);
    } else this.#pieces.push(Uint8Array.from(bytes));
    this.#length += bytes.length;
  }

  /** Keeps the last `limit` bytes. */
  trim(limit: number): void {
    while (this.#length > limit) {
      const [first] = this.#pieces;
      if (first === undefined) return;
      const excess = this.#length - limit;
      if (first.length <= excess) this.#pieces.shift();
      else this.#pieces[0] = first.subarray(excess);
      this.#length -= Math.min(first.length, excess);
    }
  }

  slice(start: number, maxBytes: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let at = 0;
    let left = maxBytes;
    for (const piece of this.#pieces) {
      const from = Math.max(0, start - at);
      at += piece.length;
      if (from >= piece.length) continue;
      const part = piece.subarray(from, from + left);
      parts.push(part);
      left -= part.length;
      if (left <= 0) break;
    }
    return Buffer.concat(parts);
  }

  all(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  replace(bytes: Uint8Array): void {
    this.#pieces = bytes.length === 0 ? [] : [bytes];
    this.#length = bytes.length;
  }
}
