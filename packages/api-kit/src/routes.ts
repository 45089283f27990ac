/**
 * Which operations a path has. Routes follow from the declaration and its validators alone, so the many servers of one API in a
 * process share them, and what finds them.
 */
import type { ParamIndexMap, Params as MatchedParams, Result } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import type { Api, OperationInput } from "./declare.ts";
import { planOperation, type PlanOptions, type RevisionPlan } from "./plan.ts";

export interface Route {
  readonly methods: ReadonlyMap<string, readonly (RevisionPlan | undefined)[]>;
  /** Per version: does any method serve this path. */
  readonly live: readonly boolean[];
  /** Every method the path has in any version. */
  readonly allow: readonly (readonly [string, string])[];
}

export interface MatchedRoute {
  readonly route: Route;
  /** As they stand in the path, encoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** What the path leads to, whatever the method. */
export type FindRoute = (path: string) => MatchedRoute | undefined;

const routesOf = new WeakMap<Api, { readonly by: PlanOptions; readonly find: FindRoute }>();

export function routesFor(api: Api, by: PlanOptions): FindRoute {
  const known = routesOf.get(api);
  if (known?.by.bodyValidators === by.bodyValidators && known.by.responseValidators === by.responseValidators) {
    return known.find;
  }
  const find = finderOf(planRoutes(api, by));
  routesOf.set(api, { by, find });
  return find;
}

const ANY_METHOD = "ALL";

function finderOf(routes: ReadonlyMap<string, Route>): FindRoute {
  const router = new SmartRouter<Route>({ routers: [new RegExpRouter(), new TrieRouter()] });
  for (const [path, route] of routes) router.add(ANY_METHOD, path.replaceAll(/\{(\w+)\}/g, ":$1"), route);
  return (path) => {
    const result = router.match(ANY_METHOD, path);
    const [first] = result[0];
    return first === undefined ? undefined : { route: first[0], params: paramsOf(first[1], result) };
  };
}

/** A router answers the values themselves, or where they stand among all that was matched. */
function paramsOf(found: ParamIndexMap | MatchedParams, [, values]: Result<Route>): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, at] of Object.entries(found)) {
    const value = typeof at === "number" ? values?.[at] : at;
    if (value !== undefined) params[name] = value;
  }
  return params;
}

function planRoutes(api: Api, options: PlanOptions): Map<string, Route> {
  const byPath = new Map<string, OperationInput[]>();
  for (const operation of Object.values<OperationInput>(api.operations)) {
    byPath.set(operation.path, [...(byPath.get(operation.path) ?? []), operation]);
  }
  const routes = new Map<string, Route>();
  for (const [path, operations] of byPath) {
    const methods = new Map<string, (RevisionPlan | undefined)[]>();
    for (const operation of operations) {
      const plans = planOperation(api, operation, options);
      const others = methods.get(operation.method);
      // Two operations may share a path and method in disjoint versions.
      methods.set(operation.method, others === undefined ? plans : plans.map((plan, i) => plan ?? others[i]));
    }
    routes.set(path, {
      methods,
      live: api.versions.all.map((_, i) => [...methods.values()].some((plans) => plans[i] !== undefined)),
      allow: [...methods.keys()].sort().map((method) => ["allow", method] as const),
    });
  }
  return routes;
}
