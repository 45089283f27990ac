/**
 * The multicast domain of one switch. Every change is checked as a whole, planned against the ASIC, applied or undone as
 * a whole, and only then shown; so is a reset, which leaves all groups as they are when any step fails.
 */
import type { Ids } from "@racklet/world";
import { DomainWriter, type WriterContext, type Writing } from "../asic/index.ts";
import { DpdError, exists, invalid, missing } from "../errors.ts";
import { Draft } from "./draft.ts";
import type { ExternalGroup, Group, UnderlayGroup } from "./group.ts";
import { GroupIds, type IdRange } from "./ids.ts";
import { readMembers, type MemberInput, type MemberLinks } from "./members.ts";
import { planChange } from "./plan.ts";
import { keptSources } from "./sources.ts";
import { McastState } from "./state.ts";
import { checkTag, tagFor } from "./tag.ts";
import { checkExternal, requireTarget, type ExternalRequest } from "./validate.ts";

export interface McastContext extends WriterContext {
  readonly world: WriterContext["world"] & { readonly ids: Ids };
  readonly links: MemberLinks;
  /** Default: those of upstream. */
  readonly idRange?: IdRange | undefined;
}

export interface UnderlayCreate {
  /** Canonical text, in ff04::/64. */
  readonly ip: string;
  /** Null: one is made up. */
  readonly tag: string | null;
  readonly members: readonly MemberInput[];
}

export interface ExternalCreate extends ExternalRequest {
  /** Canonical text. */
  readonly ip: string;
  /** Null: one is made up. */
  readonly tag: string | null;
}

export interface McastMetrics {
  readonly underlayGroups: number;
  readonly externalGroups: number;
  readonly idsAvailable: number;
  /** Groups of which the ASIC may hold something else than is shown; the next change mends that first. */
  readonly inconsistent: readonly string[];
  readonly applied: ReadonlyMap<string, number>;
  readonly rollbacks: number;
  readonly rollbackFailures: number;
}

export class Multicast {
  readonly #context: McastContext;
  readonly #writer: DomainWriter;
  readonly #state = new McastState();
  #ids: GroupIds;
  /** The groups of the change that could not be undone last; the writer knows whether it has been since. */
  #inconsistent: readonly string[] = [];

  constructor(context: McastContext) {
    this.#context = context;
    this.#writer = new DomainWriter(context, "mcast");
    this.#ids = new GroupIds(context.idRange);
    context.switch.onForget(() => {
      this.#state.clear();
      // A change that is under way gives its ids back to the pool that it took them from.
      this.#ids = new GroupIds(context.idRange);
    });
  }

  createUnderlay({ ip, tag, members }: UnderlayCreate): Promise<UnderlayGroup> {
    return this.#writer.run(async (writing) => {
      this.#refuseExisting(ip);
      const group = {
        kind: "underlay",
        ip,
        tag: tagFor(tag, ip, this.#context.world.ids),
        members: readMembers(members, this.#context.links),
      } as const;
      const pool = this.#ids;
      const ids = pool.takePair();
      const created = { ...group, ids };
      try {
        await this.#apply(writing, "createUnderlay", new Draft(this.#state).put(created));
      } catch (error) {
        // What could not be undone is undone before these ids can be taken again.
        pool.putBack(ids);
        throw error;
      }
      return created;
    });
  }

  /** `members` are all that the group has afterwards; `tag` null stands for the group's own. */
  updateUnderlay(ip: string, tag: string | null, members: readonly MemberInput[]): Promise<UnderlayGroup> {
    return this.#writer.run(async (writing) => {
      const group = this.getUnderlay(ip);
      checkTag(group, tag);
      const updated = { ...group, members: readMembers(members, this.#context.links) };
      await this.#apply(writing, "updateUnderlay", new Draft(this.#state).put(updated));
      return updated;
    });
  }

  createExternal(request: ExternalCreate): Promise<ExternalGroup> {
    return this.#writer.run(async (writing) => {
      const { ip } = request;
      requireTarget(request);
      this.#refuseExisting(ip);
      const target = this.#checkedTarget(ip, request);
      const tag = tagFor(request.tag, ip, this.#context.world.ids);
      const created = { kind: "external", ip, tag, ...target } as const;
      await this.#apply(writing, "createExternal", new Draft(this.#state).put(created));
      return created;
    });
  }

  /** Replaces everything but the tag; `tag` null stands for the group's own. */
  updateExternal(ip: string, tag: string | null, request: ExternalRequest): Promise<ExternalGroup> {
    return this.#writer.run(async (writing) => {
      const group = this.get(ip);
      checkTag(group, tag);
      if (group.kind === "underlay") throw invalid(`group_ip: ${ip} is an underlay group`);
      const updated = { kind: "external", ip, tag: group.tag, ...this.#checkedTarget(ip, request) } as const;
      await this.#apply(writing, "updateExternal", new Draft(this.#state).put(updated));
      return updated;
    });
  }

  /** Refused while an external group leads there, whatever else is wrong with the request. */
  async delete(ip: string, tag: string | null): Promise<void> {
    await this.#writer.run(async (writing) => {
      const leading = this.#state.leadingTo(ip).map((external) => external.ip);
      if (leading.length > 0) throw invalid(`the group ${ip} is still referenced by ${leading.join(", ")}`);
      const group = this.get(ip);
      checkTag(group, tag);
      await this.#remove(writing, "delete", [group]);
    });
  }

  /** All groups with the tag, or none when a group of another tag leads to one of them. */
  async resetByTag(tag: string): Promise<void> {
    await this.#writer.run(async (writing) => {
      const groups = [...this.#state.after(undefined)].filter((group) => group.tag === tag);
      for (const { ip } of groups) {
        const other = this.#state.leadingTo(ip).find((external) => external.tag !== tag);
        if (other !== undefined) throw invalid(`the group ${ip} is still referenced by ${other.ip}`);
      }
      await this.#remove(writing, "resetByTag", groups);
    });
  }

  /** All groups, or none when any step fails. */
  async resetAll(): Promise<void> {
    await this.#writer.run((writing) => this.#remove(writing, "resetAll", [...this.#state.after(undefined)]));
  }

  /** Throws `missing`. */
  get(ip: string): Group {
    const group = this.#state.find(ip);
    if (group === undefined) throw missing("no such multicast group", ip);
    return group;
  }

  /** Throws `missing`. */
  getUnderlay(ip: string): UnderlayGroup {
    const group = this.#state.findUnderlay(ip);
    if (group === undefined) throw missing("no such multicast group", ip);
    return group;
  }

  /** IPv4 before IPv6, then by number, strictly after an address; with a tag only its groups. */
  list(limit: number, after?: string, tag?: string): Group[] {
    const page: Group[] = [];
    for (const group of this.#state.after(after)) {
      if (page.length >= limit) break;
      if (tag === undefined || group.tag === tag) page.push(group);
    }
    return page;
  }

  metrics(): McastMetrics {
    const { underlayGroups, externalGroups } = this.#state.counts();
    const idsAvailable = this.#ids.available;
    return {
      underlayGroups,
      externalGroups,
      idsAvailable,
      inconsistent: this.#writer.stuck().length === 0 ? [] : this.#inconsistent,
      ...this.#writer.metrics(),
    };
  }

  #refuseExisting(ip: string): void {
    if (this.#state.find(ip) !== undefined) throw exists("multicast group already exists", ip);
  }

  /** What the request says of a group of that address, checked. */
  #checkedTarget(ip: string, request: ExternalRequest): Pick<ExternalGroup, "ids" | "target" | "vlan" | "sources"> {
    const target = requireTarget(request);
    const underlay = this.#state.findUnderlay(target.internalIp);
    const ids = checkExternal(ip, request, underlay);
    return { ids, target, vlan: request.vlan, sources: keptSources(request.sources) };
  }

  async #remove(writing: Writing, operation: string, groups: readonly Group[]): Promise<void> {
    const draft = new Draft(this.#state);
    for (const group of groups) draft.drop(group);
    await this.#apply(writing, operation, draft, () => {
      for (const group of groups) if (group.kind === "underlay") this.#ids.giveBack(group.ids);
    });
  }

  async #apply(writing: Writing, operation: string, draft: Draft, alsoCommit?: () => void): Promise<void> {
    const { before, after } = await draft.footprints(writing.pause);
    const steps = await planChange(writing.asic, before, after, writing.pause);
    try {
      await this.#writer.apply(writing, operation, steps, () => {
        draft.commit();
        alsoCommit?.();
      });
    } catch (error) {
      if (error instanceof DpdError && error.kind === "rollbackFailed") this.#inconsistent = [...draft.groups()];
      throw error;
    }
  }
}
