/** Something the user can act on: printed as it is, without a stack. The message says what to do next. */
export class Failure extends Error {
  override readonly name = "Failure";
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
