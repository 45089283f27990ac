/** Plays the story on a switch whose clock stands still, so that the same requests have the same answers. */
import { dpdApi } from "@racklet/api-types/dpd/api";
import { nullLog, realWorld, type World } from "@racklet/world";
import type { Answer, Harness, HarnessOptions } from "./harness.ts";
import { startHarness } from "./harness.ts";
import { storyOf, type Step } from "./story.ts";

export const VERSIONS: readonly string[] = dpdApi.versions.all.map(({ semver }) => semver.text);

export function stillWorld(): World {
  let ids = 0;
  return {
    ...realWorld({ name: "dpd/test" }),
    log: nullLog,
    clock: { now: () => Date.UTC(2026, 0, 1), monotonicMs: () => 5_000 },
    ids: { uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}` },
  };
}

export const startStill = (options: HarnessOptions = {}): Harness => startHarness({ world: stillWorld(), ...options });

/** A text is a JSON text here, not a body as it is. */
export function send({ call }: Harness, version: string, { operation, body }: Step): Promise<Answer> {
  return call(operation, { version, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

const paths = Object.values(dpdApi.operations).map(({ operationId, method, path, revisions }) => ({
  operationId: operationId as string,
  method,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  since: Math.min(...revisions.map((revision) => revision.since)),
  removed: revisions.find((revision) => "removed" in revision)?.since ?? Number.POSITIVE_INFINITY,
}));

/** The operation that a request asks for at a version; undefined when there is none. */
export function operationOf(operation: string, version: string): string | undefined {
  const [method, target = ""] = operation.split(" ");
  const path = target.split("?")[0] ?? "";
  const ordinal = VERSIONS.indexOf(version);
  return paths.find(
    (each) => each.method === method && each.since <= ordinal && ordinal < each.removed && each.pattern.test(path),
  )?.operationId;
}

/** One line for each step: what was asked and what was answered. */
export async function recordStory(version: string): Promise<string[]> {
  const harness = startStill();
  const lines: string[] = [];
  for (const step of storyOf(version)) {
    const { status, body } = await send(harness, version, step);
    lines.push(
      JSON.stringify({ operation: step.operation, body: step.body, status, answer: masked(step.operation, body) }),
    );
  }
  return lines;
}

/** What differs between builds, and the ids of requests, which every new step would shift. */
function masked(operation: string, body: unknown): unknown {
  if (operation === "GET /dpd-version") return "<version>";
  if (operation === "GET /build-info")
    return Object.fromEntries(Object.keys(body as object).map((name) => [name, "<build>"]));
  return JSON.parse(
    JSON.stringify(body ?? null, (key: string, value: unknown) =>
      key === "request_id" && typeof value === "string" ? "<id>" : value,
    ),
  ) as unknown;
}
