/** Calls a service with as little client as possible, and reads what its process takes. */
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true });

/** Sends a body and reads the whole answer; throws unless the status is 2xx. In bytes both ways: no text is made of them. */
export function send(url: string, method: string, version: string, body?: string | Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { "api-version": version, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const call = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const answer = Buffer.concat(chunks);
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(answer);
        else reject(new Error(`${method} ${url}: ${status} ${answer.toString()}`));
      });
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}

/** User and system CPU of a process, in milliseconds. Linux only. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory that is the process's own share of what it maps, in bytes. Linux only. */
export function memoryBytes(pid: number): number {
  const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  return Number(match?.[1] ?? Number.NaN) * 1024;
}
