/** What the mock server's console shows: about a KiB that depends on the VM's name alone, and ends in a login prompt. */
const MODULES = ["clock", "timer", "pci", "block", "net", "random", "crypto", "console", "filesystem", "scheduler"];
const STEPS = ["probing", "starting", "checking", "linking"];

export function mockConsoleText(name: string): string {
  const lines = STEPS.flatMap((step) => MODULES.map((module) => `${step} ${module} ... done`));
  return `${lines.join("\r\n")}\r\n\r\n${name} login: `;
}
