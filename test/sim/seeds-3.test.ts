import { describeSeeds } from "./support/seeds.ts";

describeSeeds(3, 4);
