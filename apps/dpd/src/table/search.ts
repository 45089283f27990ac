/** Index of the first element of which `isBefore` is false; `isBefore` must be true of a prefix of the list only. */
export function partitionPoint<T>(list: readonly T[], isBefore: (element: T) => boolean): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    // In bounds: from <= middle < to <= length.
    if (isBefore(list[middle] as T)) from = middle + 1;
    else to = middle;
  }
  return from;
}
