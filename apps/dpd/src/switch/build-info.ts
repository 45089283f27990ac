/** What `GET /build-info` answers. Fields that only mean something for a Rust build say so. */
export interface BuildInfo {
  readonly version: string;
  readonly gitSha: string;
  readonly gitCommitTimestamp: string;
  readonly gitBranch: string;
  readonly rustcSemver: string;
  readonly rustcChannel: string;
  readonly rustcHostTriple: string;
  readonly rustcCommitSha: string;
  readonly cargoTriple: string;
  readonly debug: boolean;
  readonly optLevel: number;
  readonly sdeCommitSha: string;
}

export interface BuildFacts {
  readonly version: string;
  readonly gitSha?: string;
  readonly gitCommitTimestamp?: string;
  readonly gitBranch?: string;
}

const NOT_RUST = "not a rust build";
const UNKNOWN = "unknown";

export function buildInfo(facts: BuildFacts): BuildInfo {
  return {
    version: facts.version,
    gitSha: facts.gitSha ?? UNKNOWN,
    gitCommitTimestamp: facts.gitCommitTimestamp ?? UNKNOWN,
    gitBranch: facts.gitBranch ?? UNKNOWN,
    rustcSemver: NOT_RUST,
    rustcChannel: NOT_RUST,
    rustcHostTriple: NOT_RUST,
    rustcCommitSha: NOT_RUST,
    cargoTriple: NOT_RUST,
    debug: false,
    optLevel: 0,
    sdeCommitSha: "no sde",
  };
}
