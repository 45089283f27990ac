/** Colours, where the output is a terminal that wants them. */
import { styleText } from "node:util";

export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** NO_COLOR with any value, and TERM=dumb, mean none (https://no-color.org). */
export function styleFor(stream: { readonly isTTY?: boolean }, env: Env): Style {
  const colours = stream.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return colours ? COLOURED : PLAIN;
}

const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
  // Whether the stream wants colours has been decided.
  styleText(format, text, { validateStream: false });

const COLOURED: Style = {
  good: paint("green"),
  bad: paint("red"),
  warn: paint("yellow"),
  dim: paint("dim"),
  strong: paint("bold"),
};
export const PLAIN: Style = { good: String, bad: String, warn: String, dim: String, strong: String };
