/** Ports before the start: free ones for `--ports auto`, and a clear word when one that is wanted is taken. */
import { createServer, type AddressInfo } from "node:net";
import { Failure } from "../failure.ts";
import { addressesFrom, hostPort, listenersOf, type Address, type RackAddresses } from "./layout.ts";

/**
 * Free ports, all different. Picked before anything starts, and kept over restarts, because the services are told each
 * other's addresses. Another program may take one in between; then its service says so.
 */
export async function freeAddresses(sleds: number): Promise<RackAddresses> {
  const zeros = (count: number) => Array.from({ length: count }, () => 0);
  const wanted = addressesFrom(sleds, { nexus: zeros(3), dpd: zeros(2), sledAgents: zeros(sleds) });
  const holds = await Promise.all(listenersOf(wanted).map(({ service, address }) => hold(address, service)));
  await Promise.all(holds.map(({ release }) => release()));
  const ports = holds.map(({ port }) => port);
  return addressesFrom(sleds, { nexus: ports.slice(0, 3), dpd: ports.slice(3, 5), sledAgents: ports.slice(5) });
}

/** Throws Failure naming the service and the port that is taken. */
export async function checkFree(addresses: RackAddresses): Promise<void> {
  const holds = await Promise.all(listenersOf(addresses).map(({ service, address }) => hold(address, service)));
  await Promise.all(holds.map(({ release }) => release()));
}

interface Hold {
  readonly port: number;
  release(): Promise<void>;
}

function hold(address: Address, service: string): Promise<Hold> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => reject(new Failure(explain(error, address, service))));
    server.listen({ host: address.host, port: address.port, exclusive: true }, () => {
      // A TCP server has an AddressInfo once it listens.
      const { port } = server.address() as AddressInfo;
      resolve({ port, release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

function explain(error: NodeJS.ErrnoException, address: Address, service: string): string {
  if (error.code === "EADDRINUSE") {
    return (
      `port ${address.port}, which ${service} wants, is taken on ${address.host}: stop the program that has it ` +
      `(racklet down, if it is another rack), or use --ports auto`
    );
  }
  if (error.code === "EADDRNOTAVAIL" && address.host.includes(":")) {
    return `${service} cannot listen on ${hostPort(address)}: this machine has no IPv6 loopback address; switch IPv6 on for it`;
  }
  return `${service} cannot listen on ${hostPort(address)}: ${error.message}`;
}
