import { describeSeeds } from "./support/seeds.ts";

describeSeeds(1, 2);
