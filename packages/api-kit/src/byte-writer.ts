/**
 * Writes the bytes of a long answer one after the other. No text is made on the way: of 10,000 entries it would be most of
 * the answer's time, and twice over the collector's.
 */
export class ByteWriter {
  #bytes: Buffer<ArrayBuffer>;
  #at = 0;

  /** `capacity` bytes are there from the start; more are made when needed. */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Any text. */
  text(text: string): void {
    // Three bytes are the most that one UTF-16 unit takes.
    this.reserve(3 * text.length);
    this.#at += this.#bytes.write(text, this.#at, "utf8");
  }

  /**
   * Makes room for what the next calls of `ascii` and `uint` write, which do not look: their checks would be half their
   * cost. Throws RangeError when those before wrote more than was reserved.
   */
  reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    this.#checkRoom();
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }

  /** Short text in ASCII. */
  ascii(text: string): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.#at = at;
  }

  /** An integer 0..2^31-1, in decimal. */
  uint(value: number): void {
    const bytes = this.#bytes;
    const end = this.#at + digitsOf(value);
    let rest = value;
    for (let at = end - 1; at >= this.#at; at--) {
      const tens = (rest / 10) | 0;
      bytes[at] = 48 + rest - tens * 10;
      rest = tens;
    }
    this.#at = end;
  }

  /** What was written; nothing may be written after that. Throws RangeError like `reserve`. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#checkRoom();
    return this.#bytes.subarray(0, this.#at);
  }

  #checkRoom(): void {
    if (this.#at > this.#bytes.length) throw new RangeError("wrote more bytes than were reserved");
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) digits++;
  return digits;
}
