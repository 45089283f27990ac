/** Small helpers of those who look at a simulated rack. */
import type { SimRack } from "./rack.ts";

/** A view of a sled-agent's OPTE state: `ports`, `m2p` … */
export async function view<T>(rack: SimRack, sled: number, name: string): Promise<T[]> {
  const response = await rack.observer.fetch(new Request(`${rack.sledUrl(sled)}/debug/opte/${name}`));
  // The caller says what the view consists of.
  return (await response.json()) as T[];
}

/** The sleds that Nexus looks after, with their numbers: one that was given up keeps whatever it has. */
export async function sledsInService({ store, sledIds }: SimRack): Promise<(readonly [index: number, id: string])[]> {
  const rows = await store.db.selectFrom("sled").select("id").where("policy", "=", "in_service").execute();
  return [...sledIds.entries()].filter(([, id]) => rows.some((row) => row.id === id));
}

/** What is missing, too much, or there twice. */
export function setDifference(what: string, wanted: readonly string[], held: readonly string[]): string[] {
  const normal = (texts: readonly string[]): string[] => texts.map((text) => text.toLowerCase());
  const [want, have] = [normal(wanted), normal(held)];
  return [
    ...want.filter((text) => !have.includes(text)).map((text) => `${what}: missing ${text}`),
    ...have.filter((text) => !want.includes(text)).map((text) => `${what}: too much ${text}`),
    ...have.filter((text, index) => have.indexOf(text) !== index).map((text) => `${what}: twice ${text}`),
  ];
}
