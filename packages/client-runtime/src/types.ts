/** From openapi-typescript's `operations` to the signatures of client methods. */
import type { CallOptions } from "./options.ts";
import type { ClientError } from "./errors.ts";

/** What openapi-typescript says of one operation, as far as calls depend on it. */
export interface OperationTypes {
  readonly parameters: { readonly path?: unknown; readonly query?: unknown };
  readonly requestBody?: unknown;
  readonly responses: object;
}

type Content<T> = T extends { content: infer C } ? C[keyof C] : never;
type Present<T> = Exclude<T, undefined>;
type PathArgs<P> = [Present<P>] extends [never] ? unknown : { readonly path: Present<P> };
type QueryArgs<Q> = [Present<Q>] extends [never]
  ? unknown
  : Record<never, never> extends Present<Q>
    ? { readonly query?: Present<Q> }
    : { readonly query: Present<Q> };
type BodyArgs<B> = [Present<B>] extends [never] ? unknown : { readonly body: Content<Present<B>> };

type ParameterOf<O extends OperationTypes, Where extends "path" | "query"> = O["parameters"][Where];
type RequestBodyOf<O> = O extends { requestBody?: infer B } ? B : never;

/** `{path, query, body}` with what the operation has. */
export type ArgsOf<O extends OperationTypes> = PathArgs<ParameterOf<O, "path">> &
  QueryArgs<ParameterOf<O, "query">> &
  BodyArgs<RequestBodyOf<O>>;

type Success = 200 | 201 | 202;
/** The body of a success; nothing for 204; the response itself where the document leaves it free-form. */
export type ResultOf<O extends OperationTypes> = "default" extends keyof O["responses"]
  ? Response
  : Success & keyof O["responses"] extends never
    ? void
    : Content<O["responses"][Success & keyof O["responses"]]>;

/** An operation that takes nothing accepts `{}`, and nothing that is meant to be options. */
type NoArgs = Readonly<Record<string, never>>;
type Input<A> = unknown extends A
  ? [args?: NoArgs, options?: CallOptions]
  : Record<never, never> extends A
    ? [args?: A, options?: CallOptions]
    : [args: A, options?: CallOptions];

/** The options are always the second argument. */
export type Call<O extends OperationTypes> = (...input: Input<ArgsOf<O>>) => Promise<ResultOf<O>>;

type ItemOf<R> = R extends { items: (infer Item)[] } ? Item : never;
/** Every item of every page, fetched as they are asked for. `query.limit` is the size of a page. */
export type PagesCall<O extends OperationTypes> = (...input: Input<ArgsOf<O>>) => AsyncIterable<ItemOf<ResultOf<O>>>;

export type Outcome<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly error: ClientError };

type SafeCall<F> = F extends (...input: infer I) => Promise<infer R> ? (...input: I) => Promise<Outcome<R>> : never;

export type ApiClient<Operations, Pages> = Operations & {
  /** One method per paginated operation. */
  readonly pages: Pages;
  /** The same operations, answering with the error instead of throwing it. The caller's own abort still throws. */
  readonly safe: { readonly [K in keyof Operations]: SafeCall<Operations[K]> };
};
