/** The least that a server can do for a small GET: the same bytes and headers as ours, straight from Node. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const VERSION = "13.1.0";

const server = createServer((_, response) => {
  const body = JSON.stringify({ gen: 0 });
  response.writeHead(200, {
    "x-request-id": randomUUID(),
    "api-version": VERSION,
    "content-type": "application/json",
    "content-length": body.length,
  });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ event: "listening", url: `http://127.0.0.1:${port}` }));
});
process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
});
