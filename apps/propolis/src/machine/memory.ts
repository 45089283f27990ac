/** The guest's memory: pages by number, those it never wrote left out. Remembers which were written since last asked. */
export const PAGE_BYTES = 4096;

export class GuestMemory {
  readonly #pages = new Map<number, Uint8Array>();
  readonly #dirty = new Set<number>();

  /** By the guest. Throws RangeError for more than a page; the rest of the page reads as absent. */
  write(page: number, bytes: Uint8Array): void {
    this.load(page, bytes);
    this.#dirty.add(page);
  }

  /** From outside, such as another process: nothing the guest did. */
  load(page: number, bytes: Uint8Array): void {
    if (bytes.length > PAGE_BYTES) throw new RangeError(`${bytes.length} bytes do not fit a page of ${PAGE_BYTES}`);
    this.#pages.set(page, Uint8Array.from(bytes));
  }

  read(page: number): Uint8Array {
    return this.#pages.get(page) ?? new Uint8Array();
  }

  has(page: number): boolean {
    return this.#pages.has(page);
  }

  pages(): number[] {
    return [...this.#pages.keys()].sort((a, b) => a - b);
  }

  /** Pages written since the last call. */
  takeDirty(): number[] {
    const dirty = [...this.#dirty].sort((a, b) => a - b);
    this.#dirty.clear();
    return dirty;
  }
}
