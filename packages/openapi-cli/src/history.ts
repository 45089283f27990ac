/** What git knows about the documents: the ledger and the bytes at HEAD and where this branch left main. Works without git. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseLedger, type Blessed } from "./ledger.ts";
import { LEDGER } from "./local.ts";

export interface PastLedger {
  readonly revision: string;
  readonly lines: readonly Blessed[];
}

export interface History {
  /** Ledgers that the present one must continue. */
  ledgers(): PastLedger[];
  /** A document's text at the newest of these revisions that has it. */
  document(file: string): string | null;
}

const MAIN = ["origin/main", "main"];

export function gitHistory(folder: string): History {
  const git = (...args: string[]): string | null => {
    try {
      return execFileSync("git", ["-C", folder, ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        maxBuffer: 1 << 28,
      });
    } catch {
      // No git, no repository, or no such file there: each means that history has nothing to say.
      return null;
    }
  };
  const bases = MAIN.map((branch) => git("merge-base", "HEAD", branch)?.trim());
  const revisions = [...new Set([git("rev-parse", "HEAD")?.trim(), ...bases])].filter((each) => each !== undefined);
  const show = (revision: string, file: string): string | null => git("show", `${revision}:./${file}`);
  return {
    ledgers: () =>
      revisions.flatMap((revision) => {
        const text = show(revision, LEDGER);
        return text === null ? [] : [{ revision, lines: parseLedger(text, `${revision}:${join(folder, LEDGER)}`) }];
      }),
    document: (file) => revisions.map((revision) => show(revision, file)).find((text) => text !== null) ?? null,
  };
}
