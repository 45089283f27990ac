/** What some builds of upstream's server leave out; here each is off unless the configuration turns it on. */
export const FEATURES = ["falcon", "failure-injection"] as const;
export type Feature = (typeof FEATURES)[number];
