/** A program of a user of the packages: it compiles when results, pages, errors and negotiation have the types they should. */
import { ApiError, connect, dpdClient, UnsupportedVersionError, type Schemas } from "@racklet/dpd-client/v13";
import { v8 } from "@racklet/dpd-client/v8";
import { v13 } from "@racklet/dpd-client/v13";
import { dpdClient as oldest } from "@racklet/dpd-client/v1";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(): T | undefined => undefined;

const dpd = dpdClient({ baseUrl: "http://127.0.0.1:12224" });

export async function results(): Promise<void> {
  const target = await dpd.nat_ipv4_get({ path: { ipv4: "203.0.113.7", low: 0 } });
  isTrue<Equal<typeof target, Schemas["NatTarget"]>>();
  const nothing = await dpd.nat_ipv4_delete({ path: { ipv4: "203.0.113.7", low: 0 } });
  isTrue<Equal<typeof nothing, void>>();
  const page = await dpd.arp_list();
  isTrue<Equal<typeof page, Schemas["ArpEntryResultsPage"]>>();
}

export async function pages(): Promise<void> {
  for await (const entry of dpd.pages.arp_list({ query: { limit: 10 } }))
    isTrue<Equal<typeof entry, Schemas["ArpEntry"]>>();
  // @ts-expect-error a single answer has no pages
  void dpd.pages.nat_ipv4_get;
}

export async function errors(): Promise<void> {
  const outcome = await dpd.safe.arp_list();
  if (outcome.ok) isTrue<Equal<typeof outcome.data, Schemas["ArpEntryResultsPage"]>>();
  else if (outcome.error instanceof UnsupportedVersionError) isTrue<Equal<typeof outcome.error.wanted, string>>();
  else if (outcome.error instanceof ApiError) isTrue<Equal<typeof outcome.error.code, string | undefined>>();
}

export async function negotiated(): Promise<void> {
  const either = await connect({ baseUrl: "http://127.0.0.1:12224", versions: [v8, v13] });
  isTrue<Equal<typeof either.version, "8.0.0" | "13.0.0">>();
  // @ts-expect-error not an operation of version 8
  void either.client.switch_snapshot_create;
  if (either.version === "13.0.0") isTrue<Equal<typeof either.client, typeof dpd>>();
  else isTrue<Equal<typeof either.client, ReturnType<typeof v8.create>>>();
  // @ts-expect-error 12.0.0 is not asked for
  if (either.version === "12.0.0") return;
}

export function refused(): void {
  // @ts-expect-error the path is needed
  void dpd.nat_ipv4_get();
  // @ts-expect-error ports are numbers
  void dpd.nat_ipv4_get({ path: { ipv4: "203.0.113.7", low: "0" } });
  // @ts-expect-error came with 13.1
  void dpd.nat_group_ensure;
  // @ts-expect-error came with 3
  void oldest({ baseUrl: "http://127.0.0.1:12224" }).attached_subnet_create;
  // @ts-expect-error the body is needed
  void dpd.arp_create({});
}
