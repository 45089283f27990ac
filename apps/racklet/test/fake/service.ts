/** A service as small as can be: says that it listens, writes a line, and ends when it is told to, or as its first flag says. */
import process from "node:process";

const [how, text] = process.argv.slice(2);
if (how === "fail") {
  process.stderr.write(`${text}\n`);
  process.exit(3);
}
process.stderr.write(`args ${process.argv.slice(2).join(" ")}\n`);
const alive = setInterval(() => {}, 60_000);
process.once("SIGINT", () => process.exit(99));
process.once("SIGTERM", () => {
  clearInterval(alive);
});
// Once this module is done, so that whoever hears it knows that all handlers are in place.
setImmediate(() => process.stdout.write(`${JSON.stringify({ event: "listening", url: "http://127.0.0.1:1" })}\n`));
