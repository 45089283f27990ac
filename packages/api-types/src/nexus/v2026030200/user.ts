/** Users and groups show when they were created and last changed. */
import { mapPage, resultsPageOf, s, type Infer, type ResultsPage } from "@racklet/api-kit";
import { Name } from "../common.ts";
import type * as older from "../v2025112000/user.ts";

const asset = {
  display_name: s.described("name for people to recognise it by", s.string()),
  id: s.uuid(),
  silo_id: s.described("the silo it belongs to", s.uuid()),
  time_created: s.described("timestamp when it was created", s.dateTime()),
  time_modified: s.described("timestamp when it was last modified", s.dateTime()),
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

export function downUser({ display_name, id, silo_id }: User): older.User {
  return { display_name, id, silo_id };
}
export const downUserPage = (page: ResultsPage<User>): ResultsPage<older.User> => mapPage(page, downUser);
/** Groups have the fields of users. */
export const downGroupPage = (page: ResultsPage<Group>): ResultsPage<older.Group> => mapPage(page, downUser);

export function downCurrentUser(user: CurrentUser): older.CurrentUser {
  const { fleet_viewer, silo_admin, silo_name } = user;
  return { ...downUser(user), fleet_viewer, silo_admin, silo_name };
}
