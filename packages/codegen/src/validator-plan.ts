/** Which validators an API needs: one per revision with a body or a response, from the document in which it starts. */
import { bodyKey, responseKey } from "@racklet/api-kit/validate";
import type { Api } from "@racklet/api-kit/declare";
import type { JsonSchema, SchemaDocument } from "@racklet/api-kit/json-schema";
import type { DocumentFile } from "./documents.ts";

export interface WantedValidator {
  readonly key: string;
  readonly documentId: string;
  readonly document: SchemaDocument;
  readonly schema: JsonSchema;
}

export interface ValidatorPlan {
  readonly bodies: readonly WantedValidator[];
  readonly responses: readonly WantedValidator[];
}

interface MediaTypes {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}
interface PathsDocument extends SchemaDocument {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { requestBody?: MediaTypes; responses: Record<string, MediaTypes> }>>>
  >;
}

export function planValidators(api: Api, files: readonly DocumentFile[]): ValidatorPlan {
  const documents = new Map(files.map((file) => [file.version, JSON.parse(file.text) as PathsDocument]));
  const bodies: WantedValidator[] = [];
  const responses: WantedValidator[] = [];
  for (const operation of Object.values(api.operations)) {
    for (const revision of operation.revisions) {
      if (revision.removed === true) continue;
      const since = api.versions.all[revision.since]?.semver.text ?? "";
      const document = documents.get(since);
      const found = document?.paths[operation.path]?.[operation.method.toLowerCase()];
      if (document === undefined || found === undefined) {
        throw new Error(
          `${api.ident}: ${operation.operationId} is declared since ${since} but not in openapi/; run: pnpm openapi generate`,
        );
      }
      const documentId = `${api.ident} ${since}`;
      const body = onlySchema(found.requestBody);
      if (body !== undefined)
        bodies.push({ key: bodyKey(operation.operationId, since), documentId, document, schema: body });
      const success = Object.keys(found.responses).find((status) => /^2\d\d$/.test(status));
      const response = success === undefined ? undefined : onlySchema(found.responses[success]);
      if (response !== undefined) {
        responses.push({ key: responseKey(operation.operationId, since), documentId, document, schema: response });
      }
    }
  }
  return { bodies: bodies.sort(byKey), responses: responses.sort(byKey) };
}

const byKey = (a: WantedValidator, b: WantedValidator): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

function onlySchema(media: MediaTypes | undefined): JsonSchema | undefined {
  return Object.values(media?.content ?? {})[0]?.schema;
}
