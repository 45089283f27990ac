import { describeSeeds } from "./support/seeds.ts";

describeSeeds(0, 2);
