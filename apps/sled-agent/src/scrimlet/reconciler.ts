/**
 * Keeps the NAT entries of the rack's services on this sled's switch as the network configuration has them: at start,
 * every 30 seconds, when the configuration changes, and when the switch's dpd started anew. After a failure it comes again sooner, by and by less so.
 */
import { UnsupportedVersionError, dpdClient, type DpdClient } from "@racklet/dpd-client";
import { TaskRunner, defineTask, type PassContext, type TaskStatus } from "@racklet/reconcile";
import type { World } from "@racklet/world";
import { dpdWatchTask } from "./dpd-watch.ts";
import { applyByGroup, heldGeneration, removeLeftovers, type GroupReport } from "./nat-by-group.ts";
import { applyByList, type ByListReport } from "./nat-by-list.ts";
import type { NatEntry } from "./nat-entry.ts";
import { natTableOf, type NatTable } from "./nat-table.ts";
import type { NetworkConfigStore } from "./network-config.ts";
import type { ServiceNat } from "./service-nat.ts";

export const RECONCILE_PERIOD_MS = 30_000;
const CALL_DEADLINE_MS = 5_000;
const PASS_DEADLINE_MS = 60_000;
const TASK = "service_zone_nat";

export type PassReport =
  /** The sled has no configuration, or one without NAT. */
  { readonly method: "none" } | (GroupReport & { readonly leftovers?: readonly NatEntry[] }) | ByListReport;

export interface ReconcilerStatus {
  readonly task: TaskStatus;
  /** Of the last pass that could do its work, even if not all of it. */
  readonly report: PassReport | undefined;
}

export interface ReconcilerOptions {
  readonly world: World;
  /** Of this sled's own switch. */
  readonly dpdUrl: string;
  readonly config: NetworkConfigStore;
}

export class ServiceNatReconciler {
  readonly #config: NetworkConfigStore;
  readonly #dpd: DpdClient;
  readonly #table: NatTable;
  readonly #runner: TaskRunner;
  #unsubscribe: (() => void) | undefined;
  #report: PassReport | undefined;
  /** Entries of no group are looked for once: a group leaves none behind. */
  #isSwept = false;
  /** A generation that the switch refused as older than its own. */
  #superseded: number | undefined;

  constructor({ world, dpdUrl, config }: ReconcilerOptions) {
    this.#config = config;
    // The next pass is the retry.
    this.#dpd = dpdClient({ baseUrl: dpdUrl, world, deadlineMs: CALL_DEADLINE_MS, retries: { attempts: 0 } });
    this.#table = natTableOf(dpdUrl, world, CALL_DEADLINE_MS);
    this.#runner = new TaskRunner({
      world,
      tasks: [
        defineTask({
          name: TASK,
          description: "keeps the NAT entries of the rack's services on this sled's switch",
          periodMs: RECONCILE_PERIOD_MS,
          deadlineMs: PASS_DEADLINE_MS,
          run: (context) => this.#pass(context),
        }),
        dpdWatchTask({
          world,
          dpdUrl,
          deadlineMs: CALL_DEADLINE_MS,
          onRestart: () => this.#runner.activate(TASK),
        }),
      ],
    });
  }

  start(): void {
    this.#unsubscribe ??= this.#config.subscribe(() => this.#runner.activate(TASK));
    this.#runner.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    await this.#runner.stop({ deadlineMs: CALL_DEADLINE_MS });
  }

  status(): ReconcilerStatus {
    return { task: this.#runner.status(TASK), report: this.#report };
  }

  async #pass({ signal }: PassContext): Promise<PassReport> {
    const nat = this.#config.current?.serviceNat;
    this.#report = nat === undefined ? { method: "none" } : await this.#apply(nat, signal);
    const failures = "failures" in this.#report ? this.#report.failures : [];
    if (failures.length > 0) throw new Error(failures.join("; "));
    return this.#report;
  }

  async #apply({ generation, zones }: ServiceNat, signal: AbortSignal): Promise<PassReport> {
    const wanted = zones.map(({ entry }) => entry);
    // Without a generation nothing would keep an older set from coming after a newer one of the group.
    if (generation === undefined) return this.#applyByList(wanted, signal);
    try {
      return await this.#applyGroup(generation, wanted, signal);
    } catch (error) {
      if (error instanceof UnsupportedVersionError) return this.#applyByList(wanted, signal);
      throw error;
    }
  }

  #applyByList(wanted: readonly NatEntry[], signal: AbortSignal): Promise<ByListReport> {
    // What is made this way belongs to no group, so that it can be left over when there is one.
    this.#isSwept = false;
    return applyByList(this.#table, wanted, signal);
  }

  async #applyGroup(generation: number, wanted: readonly NatEntry[], signal: AbortSignal): Promise<PassReport> {
    const request = { dpd: this.#dpd, table: this.#table, generation, wanted, signal };
    // A refused set is not sent again, but the switch may have started anew since.
    if (this.#superseded === generation && ((await heldGeneration(this.#dpd, signal)) ?? 0) > generation) {
      return { method: "group", outcome: "superseded", generation };
    }
    const report = await applyByGroup(request);
    this.#superseded = report.outcome === "superseded" ? generation : undefined;
    if (report.outcome === "superseded" || this.#isSwept) return report;
    const leftovers = await removeLeftovers(request);
    this.#isSwept = true;
    return { ...report, leftovers };
  }
}
