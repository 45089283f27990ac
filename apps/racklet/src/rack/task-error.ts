/** What a background task of Nexus says of a pass that failed; undefined for one that did not. */
export function taskError(details: unknown): string | undefined {
  const error = (details as { error?: unknown } | null)?.error;
  return typeof error === "string" ? error : undefined;
}
