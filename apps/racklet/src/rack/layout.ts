/** Which services a rack consists of and what each is told. Pure: addresses and ids come in, specs come out. */
import type { ServiceSpec } from "../supervisor/types.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface RackAddresses {
  readonly nexus: { readonly external: Address; readonly internal: Address; readonly lockstep: Address };
  readonly dpd: readonly Address[];
  readonly sledAgents: readonly Address[];
}

export interface Rack {
  readonly nexus: { readonly external: string; readonly internal: string; readonly lockstep: string };
  readonly dpd: readonly { readonly switch: string; readonly url: string }[];
  readonly sledAgents: readonly { readonly id: string; readonly url: string; readonly scrimlet: boolean }[];
  readonly services: readonly ServiceSpec[];
}

export interface RackOptions {
  readonly addresses: RackAddresses;
  readonly rackId: string;
  readonly sledIds: readonly string[];
  readonly database: string;
  readonly password: string;
  /** Where each sled-agent keeps what must outlive it, by number. */
  readonly sledDataDir: (sled: number) => string;
  readonly propolis: "embedded" | "process";
}

const V4 = "127.0.0.1";
const V6 = "::1";
const SWITCHES = ["switch0", "switch1"];

/** The addresses that the documentation names. */
export function defaultAddresses(sleds: number): RackAddresses {
  return addressesFrom(sleds, {
    nexus: [12_220, 12_221, 12_232],
    dpd: [12_224, 12_234],
    sledAgents: Array.from({ length: sleds }, (_, sled) => 12_345 + sled),
  });
}

/** As above, with other ports. */
export function addressesFrom(
  sleds: number,
  ports: { readonly nexus: readonly number[]; readonly dpd: readonly number[]; readonly sledAgents: readonly number[] },
): RackAddresses {
  const [external = 0, internal = 0, lockstep = 0] = ports.nexus;
  const at = (host: string) => (port: number) => ({ host, port });
  return {
    nexus: {
      external: { host: V4, port: external },
      internal: { host: V4, port: internal },
      lockstep: { host: V4, port: lockstep },
    },
    dpd: ports.dpd.slice(0, SWITCHES.length).map(at(V4)),
    sledAgents: ports.sledAgents.slice(0, sleds).map(at(V6)),
  };
}

export function layOut(options: RackOptions): Rack {
  const { addresses, rackId, sledIds, database, password, sledDataDir, propolis } = options;
  const { external, internal, lockstep } = addresses.nexus;
  const nexus = { external: urlOf(external), internal: urlOf(internal), lockstep: urlOf(lockstep) };
  const dpd = SWITCHES.map((name, slot) => ({ switch: name, address: at(addresses.dpd, slot) }));
  const sleds = addresses.sledAgents.map((address, sled) => ({ address, id: at(sledIds, sled), dpd: dpd[sled] }));
  return {
    nexus,
    dpd: dpd.map((each) => ({ switch: each.switch, url: urlOf(each.address) })),
    sledAgents: sleds.map(({ id, address, dpd: own }) => ({ id, url: urlOf(address), scrimlet: own !== undefined })),
    services: [
      {
        name: "nexus",
        kind: "nexus",
        url: nexus.external,
        args: [
          `--external=${hostPort(external)}`,
          `--internal=${hostPort(internal)}`,
          `--lockstep=${hostPort(lockstep)}`,
          `--rack-id=${rackId}`,
          ...dpd.map(({ address }) => `--dpd=${urlOf(address)}`),
        ],
        // What may hold a password is for nobody's list of processes.
        env: { RACKLET_INITIAL_PASSWORD: password, RACKLET_DATABASE: database },
      },
      ...dpd.map(({ switch: name, address }) => ({
        name: `dpd/${name}`,
        kind: "dpd" as const,
        url: urlOf(address),
        args: [`--listen=${hostPort(address)}`, `--switch=${name}`],
        env: {},
      })),
      ...sleds.map(({ address, id, dpd: own }, sled) => ({
        name: `sled-agent/${sled}`,
        kind: "sled-agent" as const,
        url: urlOf(address),
        args: [
          `--listen=${hostPort(address)}`,
          `--nexus=${nexus.internal}`,
          `--rack-id=${rackId}`,
          `--sled-id=${id}`,
          `--serial=SimGimlet${String(sled).padStart(2, "0")}`,
          `--underlay=${underlayAddress(sled)}`,
          `--data=${sledDataDir(sled)}`,
          `--propolis=${propolis}`,
          ...(own === undefined ? [] : ["--scrimlet", `--dpd=${urlOf(own.address)}`]),
        ],
        env: {},
      })),
    ],
  };
}

/** Every address with the service that wants it. */
export function listenersOf(addresses: RackAddresses): { readonly service: string; readonly address: Address }[] {
  return [
    ...Object.entries(addresses.nexus).map(([api, address]) => ({ service: `nexus (${api})`, address })),
    ...addresses.dpd.map((address, slot) => ({ service: `dpd/${SWITCHES[slot]}`, address })),
    ...addresses.sledAgents.map((address, sled) => ({ service: `sled-agent/${sled}`, address })),
  ];
}

export function hostPort({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

export function urlOf(address: Address): string {
  return `http://${hostPort(address)}`;
}

/** Each sled has a /64 of its own on the underlay, and its global zone the first address in it. */
function underlayAddress(sled: number): string {
  return `fd00:1122:3344:${(0x101 + sled).toString(16)}::1`;
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`a rack needs at least ${index + 1} of ${list.length}`);
  return item;
}
