/**
 * Serves an API declaration with handlers for the newest types. The order is upstream's: version, path, method, parameters,
 * body, handler. So a bad version on an unknown path is 400, and what an older version cannot say never reaches a handler.
 */
import { Hono, type Context } from "hono";
import type { World } from "@racklet/world";
import {
  checkContentType,
  decodeBody,
  incomingOf,
  IncompleteBodyError,
  parseForm,
  parseJson,
  readBody,
} from "./body.ts";
import { BodyDigest } from "./body-digest.ts";
import { acceptsGzip, gzipped } from "./compress.ts";
import type {
  Api,
  OperationBody,
  OperationInput,
  OperationParams,
  OperationQuery,
  OperationResponse,
  Operations,
} from "./declare.ts";
import { HttpError, type ErrorBody } from "./errors.ts";
import type { Counter, Histogram, Metrics } from "./metrics.ts";
import { opsRoutes, type OpsViews } from "./ops.ts";
import { isLarge, largeJsonBytes, type Yield } from "./large-json.ts";
import { parseParams, parseQuery, type RevisionPlan } from "./plan.ts";
import { Reply, type Input, type RequestInfo } from "./request.ts";
import { routesFor, type MatchedRoute, type Route } from "./routes.ts";
import { VERSION_HEADER, versionResolver } from "./version-header.ts";
import type { ApiVersion } from "./versions.ts";
import type { Issue, Validators } from "./validate.ts";

type MaybePromise<T> = T | Promise<T>;

/** The handler of one operation, in its newest types. */
export type Handler<Ctx, O extends OperationInput> = (
  ctx: Ctx,
  input: Input<OperationParams<O>, OperationQuery<O>, OperationBody<O>>,
) => MaybePromise<OperationResponse<O> | Reply<OperationResponse<O>>>;

/** One handler per operation: a missing or surplus one is a type error. */
export type Handlers<Ctx, Ops extends Operations> = { readonly [K in keyof Ops]: Handler<Ctx, Ops[K]> };

/**
 * Answers requests whose long bodies are often sent again, by the digest of the body alone; undefined has the body read
 * and the handler called as usual. It may answer only what the handler would: the handler is told the digest, and remembers
 * it together with what makes the answer true. Asked for the newest revision only, so that a digest stands for one meaning.
 */
export type Repeats<Ctx, Ops extends Operations> = {
  readonly [K in keyof Ops]?: (
    ctx: Ctx,
    input: RepeatInput<OperationParams<Ops[K]>, OperationQuery<Ops[K]>>,
  ) => MaybePromise<OperationResponse<Ops[K]> | undefined>;
};

export interface RepeatInput<Params, Query> {
  readonly params: Params;
  readonly query: Query;
  readonly request: RequestInfo;
  readonly bodyDigest: BodyDigest;
}

/** Takes the place of the conversion chain for one old revision, in that revision's own types. Keyed `operation@LABEL`. */
export type Override<Ctx> = (ctx: Ctx, input: Input<never, never, never>) => MaybePromise<unknown>;

export interface ServeOptions<Ctx, Ops extends Operations> {
  readonly context: Ctx;
  readonly handlers: Handlers<Ctx, Ops>;
  readonly overrides?: Readonly<Record<string, Override<Ctx>>>;
  readonly repeats?: Repeats<Ctx, Ops>;
  readonly world: Pick<World, "clock" | "ids" | "log" | "timers">;
  readonly bodyValidators: Validators;
  /** Given in tests and development: an answer that breaks its own document becomes a 500 with the reason in the log. */
  readonly responseValidators?: Validators | undefined;
  /** Domain errors to wire errors; undefined means unknown, which is a 500. */
  readonly translate?: (error: unknown) => HttpError | undefined;
  /** Answers at least this long, in characters, are compressed for clients that ask for it. Default: none is. */
  readonly compressFrom?: number;
  /** Views outside the versioned API, on the same listener. */
  readonly ops?: OpsViews;
}

type AnyRepeat = (ctx: unknown, input: RepeatInput<unknown, unknown>) => MaybePromise<unknown>;
type AnyHandler = (ctx: unknown, input: Input<unknown, unknown, unknown>) => MaybePromise<unknown>;

export function serveApi<Ctx, Ops extends Operations>(api: Api<Ops>, options: ServeOptions<Ctx, Ops>): Hono {
  const { world, ops, bodyValidators, responseValidators, compressFrom } = options;
  const pause: Yield = () => world.timers.yield();
  const measure = ops === undefined ? undefined : requestMeter(ops.metrics);
  const resolve = versionResolver(api);
  const app = new Hono({ getPath: normalisedPath });
  const labels = new Map<string, ApiVersion>(api.versions.all.map((version) => [version.label, version]));
  const overrides = planOverrides(api, options.overrides ?? {}, labels);

  const fail = (requestId: string, version: ApiVersion | undefined, error: unknown, operationId: string): Response => {
    const httpError = error instanceof HttpError ? error : (options.translate?.(error) ?? HttpError.internal(error));
    const level = httpError.status >= 500 ? "error" : "debug";
    world.log[level](
      {
        req_id: requestId,
        operation: operationId,
        status: httpError.status,
        internal: httpError.internal,
        err: httpError.cause ?? (httpError.status >= 500 ? error : undefined),
      },
      httpError.message,
    );
    const body: ErrorBody = {
      request_id: requestId,
      ...(httpError.code === undefined ? {} : { error_code: httpError.code }),
      message: httpError.message,
    };
    const headers = new Headers({ "content-type": "application/json", "x-request-id": requestId });
    if (version !== undefined) headers.set(VERSION_HEADER, version.semver.text);
    for (const [name, value] of httpError.headers) headers.append(name, value);
    return new Response(JSON.stringify(body), { status: httpError.status, headers });
  };

  const dispatch = async (c: Context, match: MatchedRoute | undefined): Promise<Response> => {
    const started = world.clock.monotonicMs();
    const requestId = world.ids.uuid();
    let version: ApiVersion | undefined;
    let operationId = "";
    let response: Response;
    try {
      version = resolve(headerOf(c, VERSION_HEADER));
      const plan = choose(match?.route, version, c.req.method);
      operationId = plan.operation.operationId;
      // Handlers is keyed by the operations of this very API, so the plan's operation has one.
      const handler = (overrides.get(plan) ?? options.handlers[operationId]) as AnyHandler;
      response = await run(c, match?.params ?? {}, plan, handler, overrides.has(plan), version, requestId);
    } catch (error) {
      if (error instanceof IncompleteBodyError)
        world.log.debug({ req_id: requestId, operation: operationId }, error.message);
      response = fail(
        requestId,
        version,
        error instanceof IncompleteBodyError ? HttpError.badRequest(error.message) : error,
        operationId,
      );
    }
    measure?.(operationId, response.status, version, world.clock.monotonicMs() - started);
    return response;
  };

  const run = async (
    c: Context,
    rawParams: MatchedRoute["params"],
    plan: RevisionPlan,
    handler: AnyHandler,
    isOverride: boolean,
    version: ApiVersion,
    requestId: string,
  ): Promise<Response> => {
    const params = parseParams(plan.params, decodeParams(rawParams));
    const { values, page } = parseQuery(plan, searchOf(c.req.url));
    const { operationId } = plan.operation;
    // Keyed as the handlers are. Of older revisions a digest would not say how the body is to be read.
    const repeat = plan.isNewest ? (options.repeats?.[operationId] as AnyRepeat | undefined) : undefined;
    const raw = plan.revision.body === undefined ? undefined : await readRaw(c, plan);
    const request: RequestInfo = {
      id: requestId,
      operationId,
      url: c.req.url,
      header: (name) => headerOf(c, name),
      version,
      log: world.log,
      bodyDigest: repeat === undefined || raw === undefined ? undefined : new BodyDigest(raw),
    };
    const handle = async (): Promise<unknown> => {
      const body = raw === undefined ? undefined : await parseBody(raw, plan, pause);
      const own = { query: values, body };
      const input = {
        params,
        ...(isOverride ? own : plan.up(own)),
        page,
        request,
      };
      return handler(options.context, input);
    };
    const { bodyDigest } = request;
    const repeated =
      repeat === undefined || bodyDigest === undefined
        ? undefined
        : await repeat(options.context, { params, query: values, request, bodyDigest });
    const answer = repeated ?? (await handle());
    // Made when the answer is under way, unless it was asked for already.
    if (bodyDigest !== undefined) void pause().then(() => bodyDigest.text);
    if (plan.operation.freeform === true) return freeformAnswer(answer, requestId, version);
    const reply = answer instanceof Reply ? answer : undefined;
    const value = reply === undefined ? answer : reply.value;
    const out = isOverride ? value : plan.down(value);
    const issue = plan.checkResponse?.(JSON.parse(JSON.stringify(out ?? null)));
    if (issue != null)
      throw new Error(`${operationId}: answer breaks its document at ${issue.path || "top"}: ${issue.message}`);
    const headers: Record<string, string> = { "x-request-id": requestId, [VERSION_HEADER]: version.semver.text };
    for (const [name, header] of reply?.headers ?? []) headers[name] = header;
    if (plan.status === 204) return new Response(null, { status: 204, headers });
    headers["content-type"] = "application/json";
    const text = isLarge(out) ? await largeJsonBytes(out, pause) : bodyOf(JSON.stringify(out));
    if (compressFrom === undefined) return new Response(text, { status: plan.status, headers });
    headers["vary"] = "accept-encoding";
    if (text.length < compressFrom || !acceptsGzip(request.header("accept-encoding"))) {
      return new Response(text, { status: plan.status, headers });
    }
    headers["content-encoding"] = "gzip";
    return new Response(await gzipped(text), { status: plan.status, headers });
  };

  const views = new Map(ops === undefined ? [] : opsRoutes(ops));
  views.set("GET /.well-known/api-versions", () => Response.json(supportedVersions(api)));
  const find = routesFor(api, { bodyValidators, responseValidators });
  app.all("*", (c) => {
    const { path, method } = c.req;
    const view = views.get(`${method === "HEAD" ? "GET" : method} ${path}`);
    return view === undefined ? dispatch(c, find(path)) : view(c);
  });
  return app;
}

type RequestMeter = (operationId: string, status: number, version: ApiVersion | undefined, ms: number) => void;

// Series are kept by what varies, so that a request costs two additions and not the making of label texts.
function requestMeter(metrics: Metrics): RequestMeter {
  const series = new Map<string, { total: Counter; seconds: Histogram }>();
  return (operationId, status, version, ms) => {
    const key = `${operationId}/${status}/${version?.ordinal}`;
    let found = series.get(key);
    if (found === undefined) {
      const operation = operationId || "none";
      const labels = { operation, status: String(status), version: version?.semver.text ?? "none" };
      found = {
        total: metrics.counter("http_requests_total", "Requests answered", labels),
        seconds: metrics.histogram("http_request_seconds", "Time to answer", { operation }),
      };
      series.set(key, found);
    }
    found.total.value += 1;
    found.seconds.observe(ms / 1000);
  };
}

function supportedVersions(api: Api): unknown {
  const { all, latest } = api.versions;
  return {
    ident: api.ident,
    supported: all.map((version) => version.semver.text),
    latest: latest.semver.text,
    on_missing: api.onMissing === "refuse" ? null : latest.semver.text,
  };
}

function planOverrides<Ctx>(
  api: Api,
  overrides: Readonly<Record<string, Override<Ctx>>>,
  labels: ReadonlyMap<string, ApiVersion>,
): { get(plan: RevisionPlan): AnyHandler | undefined; has(plan: RevisionPlan): boolean } {
  const handlers = new Map<string, AnyHandler>();
  for (const [key, handler] of Object.entries(overrides)) {
    const [operationId = "", label = ""] = key.split("@");
    const version = labels.get(label);
    if (api.operations[operationId] === undefined) throw new Error(`${api.ident}: override ${key} names no operation`);
    if (version === undefined) continue;
    handlers.set(`${operationId}@${version.ordinal}`, handler as AnyHandler);
  }
  const keyOf = (plan: RevisionPlan): string => `${plan.operation.operationId}@${plan.revision.since}`;
  return { get: (plan) => handlers.get(keyOf(plan)), has: (plan) => handlers.has(keyOf(plan)) };
}

function choose(route: Route | undefined, version: ApiVersion, method: string): RevisionPlan {
  if (route === undefined) throw HttpError.noRoute("no route found (no path in router)");
  const plan = route.methods.get(method)?.[version.ordinal];
  if (plan !== undefined) return plan;
  if (route.live[version.ordinal] === true) throw new HttpError(405, "Method Not Allowed", { headers: route.allow });
  throw HttpError.noRoute(`route has no handlers for version ${version.semver.text}`);
}

async function readRaw(c: Context, plan: RevisionPlan): Promise<Buffer> {
  const raw = await readBody(c, plan.bodyLimit);
  checkContentType(
    headerOf(c, "content-type"),
    isForm(plan) ? "application/x-www-form-urlencoded" : "application/json",
  );
  return raw;
}

async function parseBody(bytes: Buffer, plan: RevisionPlan, pause: Yield): Promise<unknown> {
  const text = decodeBody(bytes);
  const value = isForm(plan) ? parseForm(text, plan.formIntegers) : await parseJson(text, pause);
  const issue = plan.checkBody?.(value);
  if (issue != null)
    throw HttpError.badRequest(
      `unable to parse ${isForm(plan) ? "URL-encoded" : "JSON"} body: ${describeIssue(issue)}`,
    );
  return value;
}

const isForm = (plan: RevisionPlan): boolean => plan.operation.bodyType === "form";

function describeIssue({ path, message }: Issue): string {
  // Words about a field may begin with what it is called.
  return path === "" || message.startsWith(`${path} `) ? message : `${path}: ${message}`;
}

function freeformAnswer(answer: unknown, requestId: string, version: ApiVersion): Response {
  if (!(answer instanceof Reply)) throw new TypeError("a freeform operation must answer with a Reply");
  const headers = new Headers({ "x-request-id": requestId, [VERSION_HEADER]: version.semver.text });
  for (const [name, value] of answer.headers) headers.append(name, value);
  const isText = typeof answer.value === "string" || answer.value === null;
  if (!isText) headers.set("content-type", "application/json");
  return new Response(isText ? (answer.value as string | null) : JSON.stringify(answer.value), {
    status: answer.status ?? 200,
    headers,
  });
}

// Reading Node's own header is much cheaper than building a Headers object. Node joins a repeated header with ", ";
// upstream uses the first value.
function headerOf(c: Context, name: string): string | undefined {
  const incoming = incomingOf(c);
  if (incoming === undefined) return c.req.header(name);
  const value = name === VERSION_HEADER ? incoming.headersDistinct[name] : incoming.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** From here on a body is encoded once instead of being measured, joined to the headers and then encoded. */
const LARGE_BODY = 65_536;

function bodyOf(text: string): string | Uint8Array<ArrayBuffer> {
  return text.length < LARGE_BODY ? text : Buffer.from(text);
}

function searchOf(url: string): URLSearchParams | undefined {
  const start = url.indexOf("?");
  return start < 0 ? undefined : new URLSearchParams(url.slice(start + 1));
}

/** Repeated and trailing slashes do not matter. */
export function normalisedPath(request: Request): string {
  const { url } = request;
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return "/";
  const end = url.indexOf("?", start);
  let path = end < 0 ? url.slice(start) : url.slice(start, end);
  if (path.includes("//")) path = path.replaceAll(/\/{2,}/g, "/");
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function decodeParams(params: Readonly<Record<string, string>>): Record<string, string> {
  const decoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    try {
      decoded[name] = decodeURIComponent(value);
    } catch {
      throw HttpError.badRequest("invalid path encoding");
    }
  }
  return decoded;
}
