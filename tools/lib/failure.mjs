/** Something the user can act on: printed without a stack trace. The message says what failed and the next step. */
export class Failure extends Error {}
