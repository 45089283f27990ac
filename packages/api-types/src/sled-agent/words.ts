/** Sentences that several operations' descriptions share. */
export const UNKNOWN = "404 `NO_SUCH_INSTANCE` for an unknown VMM.";
export const BUSY = `${UNKNOWN} 410 \`NO_SUCH_INSTANCE\` while it is torn down; 503 \`INSTANCE_CHANNEL_FULL\` when too many requests for it wait.`;
