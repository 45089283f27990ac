/** What the guest answers to a command typed at its console. Pure. */
export interface ShellContext {
  readonly hostname: string;
  readonly user: string;
  readonly uptimeMs: number;
  readonly boots: number;
  readonly history: readonly string[];
}

export interface ShellAnswer {
  readonly text: string;
  readonly next?: "logout" | "off" | "resetting";
}

const COMMANDS: Readonly<Record<string, (context: ShellContext, rest: string) => ShellAnswer>> = {
  echo: (_, rest) => ({ text: `${rest}\n` }),
  exit: () => ({ text: "\n", next: "logout" }),
  help: () => ({ text: `${Object.keys(COMMANDS).join(" ")}\n` }),
  history: ({ history }) => ({ text: history.map((line, i) => `${i + 1} ${line}\n`).join("") }),
  hostname: ({ hostname }) => ({ text: `${hostname}\n` }),
  poweroff: () => ({ text: "powering off\n", next: "off" }),
  reboot: () => ({ text: "restarting\n", next: "resetting" }),
  uptime: ({ uptimeMs, boots }) => ({ text: `up ${(uptimeMs / 1000).toFixed(1)} s, boot ${boots}\n` }),
  whoami: ({ user }) => ({ text: `${user}\n` }),
};

export function runCommand(line: string, context: ShellContext): ShellAnswer {
  const [, name = "", rest = ""] = /^\s*(\S*)\s*(.*)$/.exec(line) ?? [];
  if (name === "") return { text: "" };
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return command?.(context, rest) ?? { text: `sh: ${name}: not found\n` };
}
