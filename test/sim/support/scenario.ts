/** What happens to a rack in one run: users' requests and faults, all drawn from the seed beforehand, so that a run can be read. */
import { seededRandom, type LinkFaults } from "@racklet/sim";
import type { Random } from "@racklet/world";

export type Step = { readonly atMs: number } & (UserStep | FaultStep);

export type UserStep =
  | {
      readonly do: "create";
      readonly instance: string;
      readonly ephemeral: boolean;
      readonly groups: readonly string[];
    }
  | { readonly do: "start" | "stop" | "reboot" | "delete" | "migrate"; readonly instance: string }
  | { readonly do: "attach" | "detach"; readonly instance: string; readonly floating: string }
  | { readonly do: "join"; readonly instance: string; readonly group: string; readonly sources: readonly string[] }
  | { readonly do: "leave"; readonly instance: string; readonly group: string }
  /** By an operator, for good. */
  | { readonly do: "expunge"; readonly sled: number };

export type FaultStep =
  | { readonly do: "kill"; readonly service: string; readonly forMs: number }
  /** Nexus dies before the given statement to its database. */
  | { readonly do: "kill at statement"; readonly statement: number; readonly forMs: number }
  | {
      readonly do: "disturb";
      readonly from: string;
      readonly to: string;
      readonly faults: LinkFaults;
      readonly forMs: number;
    }
  | { readonly do: "cut off"; readonly service: string; readonly forMs: number };

export const INSTANCES = ["web", "db", "job"] as const;
export const FLOATING = ["front", "back"] as const;
/** Any-source by address of either version and by name; source-specific by address. */
export const GROUPS = ["224.1.2.3", "ff0e::7", "news", "232.1.2.3"] as const;
const SOURCES = ["10.9.0.1", "10.9.0.2", "10.9.0.3"] as const;

export interface ScenarioOptions {
  readonly seed: number;
  readonly services: readonly string[];
  /** How many there are from the start. */
  readonly instances: number;
  readonly userSteps: number;
  readonly faultSteps: number;
  readonly multicast: boolean;
}

export function scenario(options: ScenarioOptions): Step[] {
  const { seed, services, instances, userSteps, faultSteps, multicast } = options;
  const random = seededRandom(seed, "scenario");
  const dice = diceOf(random);
  const span = userSteps * MEAN_PAUSE_MS;
  const steps: Step[] = [];
  // One that has no switch: with it would go all that is known of the switch.
  if (services.includes("sled-agent/2") && dice.chance(0.3)) {
    steps.push({ atMs: dice.between(300, span), do: "expunge", sled: 2 });
  }
  // Something to work on from the start.
  INSTANCES.slice(0, instances).forEach((instance, n) =>
    steps.push({ atMs: n * 50, ...create(dice, instance, multicast) }),
  );
  const times = Array.from({ length: userSteps }, () => dice.between(100, span)).sort((a, b) => a - b);
  const joined: Joined[] = [];
  for (const atMs of times) steps.push({ atMs, ...userStep(dice, multicast, joined) });
  for (let n = 0; n < faultSteps; n++) steps.push({ atMs: dice.between(0, span), ...faultStep(dice, services) });
  return steps.sort((a, b) => a.atMs - b.atMs);
}

export const describeStep = ({ atMs, ...step }: Step): string => `${Math.round(atMs)} ms: ${JSON.stringify(step)}`;

const MEAN_PAUSE_MS = 250;

interface Dice {
  between(min: number, max: number): number;
  pick<T>(from: readonly T[]): T;
  chance(probability: number): boolean;
}

function diceOf(random: Random): Dice {
  const between = (min: number, max: number): number => min + random.next() * (max - min);
  return {
    between,
    pick: <T>(from: readonly T[]) => from[Math.floor(random.next() * from.length)] as T, // never empty
    chance: (probability) => random.next() < probability,
  };
}

interface Joined {
  readonly instance: string;
  readonly group: string;
}

function create(dice: Dice, instance: string, multicast: boolean): UserStep {
  const groups = multicast && dice.chance(0.4) ? [dice.pick(GROUPS.slice(0, 3))] : [];
  return { do: "create", instance, ephemeral: dice.chance(0.7), groups };
}

/** `joined`: what earlier steps have asked for, so that most leaves leave something. */
function userStep(dice: Dice, multicast: boolean, joined: Joined[]): UserStep {
  const instance = dice.pick(INSTANCES);
  const kinds = ["create", "start", "stop", "delete", "attach", "detach", "reboot", "migrate", "migrate"] as const;
  const kind = multicast && dice.chance(0.5) ? dice.pick(["join", "join", "leave"] as const) : dice.pick(kinds);
  switch (kind) {
    case "create":
      return create(dice, instance, multicast);
    case "attach":
    case "detach":
      return { do: kind, instance, floating: dice.pick(FLOATING) };
    case "join": {
      const group = dice.pick(GROUPS);
      const wanted = group.startsWith("232.") || (!group.includes(":") && dice.chance(0.3));
      joined.push({ instance, group });
      return { do: kind, instance, group, sources: wanted ? SOURCES.slice(0, 1 + Math.floor(dice.between(0, 3))) : [] };
    }
    case "leave":
      if (joined.length > 0 && dice.chance(0.9)) return { do: kind, ...dice.pick(joined) };
      return { do: kind, instance, group: dice.pick(GROUPS) };
    default:
      return { do: kind, instance };
  }
}

function faultStep(dice: Dice, services: readonly string[]): FaultStep {
  const forMs = dice.between(50, 3_000);
  const kind = dice.pick(["kill", "kill", "kill at statement", "disturb", "disturb", "cut off"] as const);
  const service = dice.pick(services);
  switch (kind) {
    case "kill":
    case "cut off":
      return { do: kind, service, forMs };
    case "kill at statement":
      return { do: kind, statement: Math.floor(dice.between(0, 150)), forMs };
    case "disturb": {
      const rate = dice.between(0.05, 0.5);
      const faults: LinkFaults = {
        delayMs: [0, dice.between(2, 200)],
        [dice.pick(["refuse", "dropRequest", "dropResponse", "duplicate"] as const)]: rate,
        onLoss: dice.pick(["silence", "reset"] as const),
      };
      const [from, to] = dice.chance(0.5) ? ["nexus", service] : [service, "nexus"];
      return { do: kind, from, to, faults, forMs };
    }
  }
}
