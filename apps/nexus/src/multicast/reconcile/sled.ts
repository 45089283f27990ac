/** Reads what a sled holds of multicast, and does the steps of a plan there: through what its sled-agent's version has. */
import { sledAgentClient, ApiError, UnsupportedVersionError, type SledAgentClient } from "@racklet/sled-agent-client";
import { sledAgentClient as client33 } from "@racklet/sled-agent-client/v33";
import { deadlineSignal, type World } from "@racklet/world";
import { mapBounded } from "../../bounded.ts";
import { describeSledStep } from "./describe.ts";
import { sourcesText, type HeldBySled, type HeldSubscription, type SledPlan, type SledStep } from "./diff-sled.ts";
import { subscriptionKey } from "./intent.ts";
import { CALL_DEADLINE_MS } from "./peers.ts";
import type { SledRow } from "./rows.ts";

/** Calls at once to one sled-agent. */
const AT_ONCE = 8;
/** How long a sled-agent that does not tell its subscriptions is trusted to have what it was made to hold. */
const TRUSTED_FOR_MS = 10 * 60_000;
/** The same for one that tells them: those of a VMM that has no port yet are not among them. */
const TRUSTED_UNTOLD_MS = 10_000;

type Calls = Pick<
  SledAgentClient,
  `${"list" | "set" | "clear"}_mcast_${"m2p" | "fwd"}` | `vmm_${"join" | "leave"}_multicast_group`
>;

/** The sled-agent has no multicast API: nothing can be done but to wait for its update. */
export class UnsupportedSledError extends Error {
  override readonly name = "UnsupportedSledError";
}

/** What is known of one sled-agent, from pass to pass. */
export class SledPeer {
  readonly #world: World;
  readonly #baseUrl: string;
  #calls: Calls | undefined;
  readonly #made = new Map<string, { readonly sources: string; readonly at: number }>();
  /** Undefined until it was asked. */
  tellsSubscriptions: boolean | undefined;

  constructor(world: World, { address }: Pick<SledRow, "address">) {
    this.#world = world;
    this.#baseUrl = `http://${address}`;
  }

  /** Throws UnsupportedSledError, or what the client throws. */
  async read(signal: AbortSignal): Promise<HeldBySled> {
    const [{ m2p, forwarding }, subscriptions] = await Promise.all([
      this.#readTables(signal),
      this.#readSubscriptions(signal),
    ]);
    this.tellsSubscriptions = subscriptions !== undefined;
    const limit = subscriptions === undefined ? TRUSTED_FOR_MS : TRUSTED_UNTOLD_MS;
    const now = this.#world.clock.monotonicMs();
    for (const [key, { at }] of this.#made) if (now - at >= limit) this.#made.delete(key);
    return {
      m2p,
      forwarding,
      subscriptions,
      remembered: new Map([...this.#made].map(([key, { sources }]) => [key, sources])),
    };
  }

  /** Carries out a plan; a step that is refused does not keep the others. Throws when the sled-agent is gone. */
  async apply({ steps }: SledPlan, signal: AbortSignal): Promise<SledOutcome> {
    const failures: SledFailure[] = [];
    const waiting: SledOutcome["waiting"][number][] = [];
    for (const kind of STEP_ORDER) {
      const same = steps.filter((step) => kind.includes(step.do));
      await mapBounded(same, AT_ONCE, async (step) => {
        try {
          await this.#do(step, signal);
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          if (step.do === "join" && error.code === "NO_SUCH_INSTANCE") {
            waiting.push({ key: subscriptionKey(step.propolisId, step.groupIp), isIncoming: step.isIncoming });
          } else {
            failures.push({
              about: subjects(step),
              message: `${describeSledStep(step)}: ${error.status} ${error.message}`,
            });
          }
        }
      });
    }
    return { failures, waiting };
  }

  async #readTables(signal: AbortSignal): Promise<Pick<HeldBySled, "m2p" | "forwarding">> {
    const list = async (calls: Calls) => {
      const [m2p, forwarding] = await Promise.all([
        calls.list_mcast_m2p({}, { signal }),
        calls.list_mcast_fwd({}, { signal }),
      ]);
      return { m2p, forwarding };
    };
    if (this.#calls !== undefined) {
      try {
        return await list(this.#calls);
      } catch (error) {
        if (!isMissing(error)) throw error;
        this.#calls = undefined;
      }
    }
    const options = {
      baseUrl: this.#baseUrl,
      world: this.#world,
      deadlineMs: CALL_DEADLINE_MS,
      retries: { attempts: 0 },
    };
    for (const calls of [sledAgentClient(options), client33(options)]) {
      try {
        const tables = await list(calls);
        this.#calls = calls;
        return tables;
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    throw new UnsupportedSledError(
      `the sled-agent at ${this.#baseUrl} has no multicast API: it needs version 33 or later`,
    );
  }

  /** Upstream's sled-agent does not tell them; ours does, beside its API. */
  async #readSubscriptions(outer: AbortSignal): Promise<HeldSubscription[] | undefined> {
    const { signal, cancel } = deadlineSignal(this.#world.timers, CALL_DEADLINE_MS, outer);
    try {
      const response = await this.#world.fetch(new Request(`${this.#baseUrl}/debug/opte/subscriptions`, { signal }));
      const body: unknown = response.ok ? await response.json() : undefined;
      return Array.isArray(body) ? body.flatMap(subscriptionOf) : undefined;
    } catch {
      // That the sled-agent is gone is seen, and told, by the calls beside this one.
      return undefined;
    } finally {
      cancel();
    }
  }

  async #do(step: SledStep, signal: AbortSignal): Promise<void> {
    const calls = this.#calls;
    if (calls === undefined) throw new Error("a sled-agent is read before it is changed");
    switch (step.do) {
      case "leave": {
        const { propolisId, groupIp } = step;
        await ignoringAbsent(
          calls.vmm_leave_multicast_group(
            { path: { propolis_id: propolisId }, body: { group_ip: groupIp, sources: [] } },
            { signal },
          ),
        );
        this.#made.delete(subscriptionKey(propolisId, groupIp));
        return;
      }
      case "clear-m2p":
        return calls.clear_mcast_m2p({ body: { group: step.group, underlay: step.underlay } }, { signal });
      case "set-m2p":
        return calls.set_mcast_m2p({ body: { group: step.group, underlay: step.underlay } }, { signal });
      case "clear-forwarding":
        return calls.clear_mcast_fwd({ body: { underlay: step.underlay } }, { signal });
      case "set-forwarding": {
        const hop = {
          next_hop: step.nextHop,
          replication: "underlay",
          filter: { mode: "exclude", sources: [] },
        } as const;
        const next_hops = [{ ...hop, filter: { ...hop.filter, sources: [] } }];
        return calls.set_mcast_fwd({ body: { underlay: step.underlay, next_hops } }, { signal });
      }
      case "join": {
        const { propolisId, groupIp, sources } = step;
        await calls.vmm_join_multicast_group(
          { path: { propolis_id: propolisId }, body: { group_ip: groupIp, sources: [...sources] } },
          { signal },
        );
        this.#made.set(subscriptionKey(propolisId, groupIp), {
          sources: sourcesText(sources),
          at: this.#world.clock.monotonicMs(),
        });
      }
    }
  }
}

export interface SledFailure {
  /** The subscription's key, or the address that is mapped or forwarded. */
  readonly about: readonly string[];
  readonly message: string;
}

export interface SledOutcome {
  readonly failures: readonly SledFailure[];
  /** Subscriptions, by key, of VMMs that the sled-agent does not know yet. */
  readonly waiting: readonly { readonly key: string; readonly isIncoming: boolean }[];
}

const STEP_ORDER: readonly (readonly SledStep["do"][])[] = [
  ["leave"],
  ["clear-m2p", "clear-forwarding"],
  ["set-m2p", "set-forwarding"],
  ["join"],
];

/** Below the version, or a version whose server lacks the operations. */
const isMissing = (error: unknown): boolean =>
  error instanceof UnsupportedVersionError || (error instanceof ApiError && error.status === 404);

/** A VMM that is gone has left. */
async function ignoringAbsent(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "NO_SUCH_INSTANCE") throw error;
  }
}

/** What a step is about: the subscription's key, or the address that is mapped or forwarded. */
export function subjects(step: SledStep): string[] {
  if ("propolisId" in step) return [subscriptionKey(step.propolisId, step.groupIp)];
  return ["group" in step ? step.group : step.underlay];
}

function subscriptionOf(value: unknown): HeldSubscription[] {
  const { propolis_id, group_ip, filter } = value as {
    propolis_id?: unknown;
    group_ip?: unknown;
    filter?: { sources?: unknown };
  };
  if (typeof propolis_id !== "string" || typeof group_ip !== "string") return [];
  const sources = Array.isArray(filter?.sources) ? filter.sources.filter((each) => typeof each === "string") : [];
  return [{ propolisId: propolis_id, groupIp: group_ip, sources }];
}
