/** Users and groups, in the first shape: without times. */
import { resultsPageOf, s, type Infer } from "@racklet/api-kit";
import { Name } from "../common.ts";
import { Password, UserId } from "./auth.ts";

const asset = {
  display_name: s.described("name for people to recognise it by", s.string()),
  id: s.uuid(),
  silo_id: s.described("the silo it belongs to", s.uuid()),
} as const;

export const User = s.named("User", s.object(asset), "View of a user");
export type User = Infer<typeof User>;
export const UserResultsPage = resultsPageOf("User", User);

export const Group = s.named("Group", s.object(asset), "View of a group");
export type Group = Infer<typeof Group>;
export const GroupResultsPage = resultsPageOf("Group", Group);

export const CurrentUser = s.named(
  "CurrentUser",
  s.object({
    ...asset,
    fleet_viewer: s.described(
      "whether the user may see the fleet: the console then shows the system pages",
      s.boolean(),
    ),
    silo_admin: s.described("whether the user may administer the silo", s.boolean()),
    silo_name: s.described("name of the user's silo", Name),
  }),
  "Who is asking.",
);
export type CurrentUser = Infer<typeof CurrentUser>;

export const UserPassword = s.named(
  "UserPassword",
  s.oneOf([
    s.object({ mode: s.literal("password"), value: Password }),
    s.object({ mode: s.literal("login_disallowed") }),
  ]),
  "Sets a user's password, or takes away the right to log in with one",
);
export type UserPassword = Infer<typeof UserPassword>;

export const UserCreate = s.named(
  "UserCreate",
  s.object({
    external_id: s.described("the name to log in with", UserId),
    password: s.described("how to set the password", UserPassword),
  }),
  "Create-time parameters of a user",
);
export type UserCreate = Infer<typeof UserCreate>;
