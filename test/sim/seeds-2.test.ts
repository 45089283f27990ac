import { describeSeeds } from "./support/seeds.ts";

describeSeeds(2, 4);
