/** Semantic versions, ordered as Rust's semver crate orders them: build metadata counts, and any build sorts above none. */
export interface SemVer {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly pre: string;
  readonly build: string;
  readonly text: string;
}

const NUMBER = "(0|[1-9]\\d*)";
const PRE_ID = "(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)";
const BUILD_ID = "[0-9A-Za-z-]+";
const SEMVER = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${PRE_ID}(?:\\.${PRE_ID})*))?(?:\\+(${BUILD_ID}(?:\\.${BUILD_ID})*))?$`,
);

/** Null when the text is not a semantic version. */
export function parseSemVer(text: string): SemVer | null {
  const match = SEMVER.exec(text);
  if (match === null) return null;
  const [, major, minor, patch, pre, build] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), pre: pre ?? "", build: build ?? "", text };
}

export function compareSemVer(a: SemVer, b: SemVer): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    a.patch - b.patch ||
    comparePre(a.pre, b.pre) ||
    compareIdentifiers(a.build, b.build)
  );
}

// A version without a pre-release sorts above every pre-release of it.
function comparePre(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "") return 1;
  if (b === "") return -1;
  return compareIdentifiers(a, b);
}

function compareIdentifiers(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "") return -1;
  if (b === "") return 1;
  const left = a.split(".");
  const right = b.split(".");
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareIdentifier(left[i] ?? "", right[i] ?? "");
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareIdentifier(a: string, b: string): number {
  const numericA = /^\d+$/.test(a);
  const numericB = /^\d+$/.test(b);
  if (numericA && numericB) {
    const trimmedA = a.replace(/^0+(?=\d)/, "");
    const trimmedB = b.replace(/^0+(?=\d)/, "");
    return trimmedA.length - trimmedB.length || compareText(trimmedA, trimmedB) || a.length - b.length;
  }
  if (numericA !== numericB) return numericA ? -1 : 1;
  return compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
