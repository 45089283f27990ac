/** The cells of the matrix: a client's version, a server's newest version, an operation, and what is to come of it. */
import type { Api } from "@racklet/api-kit";
import { readDocuments, type ApiDocument, type DocumentOperation } from "../../fuzz/support/documents.ts";
import { isAtMost, RELEASES, type Ident } from "./releases.ts";

export interface Cell {
  readonly client: string;
  readonly server: string;
  /** As the client's version has it; where that has none, as the newest version that has. */
  readonly operation: DocumentOperation;
  readonly kind: "served" | "absent" | "refused";
  /** Whether the client's version has the path, for this or another method. */
  readonly isPathLive: boolean;
}

/** Newest first. */
export function documentsOf(api: Api): ApiDocument[] {
  return readDocuments(api.ident, api.versions.all.map(({ semver }) => semver.text).toReversed());
}

export function cellsOf(api: Api, ident: Ident, documents: readonly ApiDocument[]): Cell[] {
  const clients = api.versions.all.map(({ semver }) => semver.text);
  const servers = [...new Set([...clients, ...RELEASES.map((release) => release[ident])])];
  const newestOf = new Map<string, DocumentOperation>();
  for (const document of documents.toReversed())
    for (const each of document.operations) newestOf.set(keyOf(each), each);
  return documents.flatMap((document) => {
    const own = new Map(document.operations.map((each) => [keyOf(each), each]));
    const paths = new Set(document.operations.map(({ path }) => path));
    return servers.flatMap((server) =>
      [...newestOf].map(([key, newest]): Cell => {
        const operation = own.get(key);
        const kind = !isAtMost(document.version, server) ? "refused" : operation === undefined ? "absent" : "served";
        return {
          client: document.version,
          server,
          operation: operation ?? newest,
          kind,
          isPathLive: paths.has(newest.path),
        };
      }),
    );
  });
}

export const describeCell = ({ client, server, operation }: Cell): string =>
  `${operation.operationId}, client ${client}, server ${server}`;

const keyOf = ({ method, path }: DocumentOperation): string => `${method} ${path}`;
