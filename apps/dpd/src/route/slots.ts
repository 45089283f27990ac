/** Which slots of a route table are free: runs, first fit from the lowest, as upstream hands them out. */
import { partitionPoint } from "../table/search.ts";

interface Run {
  readonly start: number;
  readonly length: number;
}

export class SlotMap {
  readonly size: number;
  /** Free runs by start; no two touch. */
  #free: Run[];

  constructor(size: number) {
    this.size = size;
    this.#free = size > 0 ? [{ start: 0, length: size }] : [];
  }

  /** A copy to plan with. */
  clone(): SlotMap {
    const copy = new SlotMap(this.size);
    copy.#free = [...this.#free];
    return copy;
  }

  get freeCount(): number {
    return this.#free.reduce((sum, { length }) => sum + length, 0);
  }

  /** Start of the first free run of `length`, which stays free; undefined when there is none. */
  find(length: number): number | undefined {
    return this.#free.find((run) => run.length >= length)?.start;
  }

  /** The shortest stretch that begins and ends with a free run and has `count` free slots; undefined when fewer are free. */
  stretch(count: number): { readonly start: number; readonly end: number } | undefined {
    let best: { readonly start: number; readonly end: number } | undefined;
    let from = 0;
    let held = 0;
    for (const last of this.#free) {
      held += last.length;
      const end = last.start + last.length;
      for (let first = this.#free[from]; first !== undefined && held >= count; first = this.#free[++from]) {
        if (best === undefined || end - first.start < best.end - best.start) best = { start: first.start, end };
        held -= first.length;
      }
    }
    return best;
  }

  /** The slots must be free. */
  take(start: number, length: number): void {
    const at = partitionPoint(this.#free, (run) => run.start + run.length <= start);
    const run = this.#free[at];
    if (run === undefined || run.start > start || run.start + run.length < start + length) {
      throw new Error(`slots ${start}+${length} are not free`);
    }
    const rest = [
      { start: run.start, length: start - run.start },
      { start: start + length, length: run.start + run.length - start - length },
    ];
    this.#free.splice(at, 1, ...rest.filter((part) => part.length > 0));
  }

  /** The slots must be taken. */
  release(start: number, length: number): void {
    if (length === 0) return;
    const at = partitionPoint(this.#free, (run) => run.start < start);
    const before = this.#free[at - 1];
    const after = this.#free[at];
    const overlaps =
      (before !== undefined && before.start + before.length > start) ||
      (after !== undefined && start + length > after.start);
    if (overlaps) throw new Error(`slots ${start}+${length} are free already`);
    const joinsBefore = before !== undefined && before.start + before.length === start;
    const joinsAfter = after !== undefined && start + length === after.start;
    const run = {
      start: joinsBefore ? before.start : start,
      length: length + (joinsBefore ? before.length : 0) + (joinsAfter ? after.length : 0),
    };
    this.#free.splice(joinsBefore ? at - 1 : at, Number(joinsBefore) + Number(joinsAfter), run);
  }
}
