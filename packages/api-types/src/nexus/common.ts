/** Shapes that every resource of the external API shares. Unchanged in all versions. */
import { accept, param, query, refuse, s, type Param, type Parsed } from "@racklet/api-kit";
import { canonicalUuid, isUuid } from "@racklet/net";

/** Not a UUID, which would be ambiguous with an id. */
export const NAME_PATTERN =
  "^(?![0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$";

/** Null when the text is a legal name, else the reason in upstream's sense. */
export function nameIssue(text: string): string | null {
  if (text.length === 0) return "name requires at least one character";
  if (text.length > 63) return `name may contain at most 63 characters, has ${text.length}`;
  if (!/^[a-z]/.test(text)) return "name must begin with an ASCII lowercase character";
  const stray = /[^a-z0-9-]/.exec(text);
  if (stray !== null) {
    return `name contains invalid character: "${stray[0]}" (allowed characters are lowercase ASCII, digits, and "-")`;
  }
  if (text.endsWith("-")) return 'name cannot end with "-"';
  if (isUuid(text)) return "name cannot be a UUID to avoid ambiguity with IDs";
  return null;
}

export const Name = s.named(
  "Name",
  s.string({ pattern: NAME_PATTERN, minLength: 1, maxLength: 63 }),
  "1 to 63 characters: a lower-case ASCII letter first, then lower-case letters, digits and `-`, not ending in `-`, and not a UUID.",
);

export const Description = s.string({ maxLength: 512 });

export const NameOrId = s.named("NameOrId", s.oneOf([s.uuid(), Name]), "A UUID or a name.");

/** How a resource is selected: by id, or by name (then its parent must be known). */
export type Selector = { readonly id: string } | { readonly name: string };

export function parseNameOrId(text: string): Parsed<Selector> {
  const id = canonicalUuid(text);
  if (id !== null) return accept({ id });
  const issue = nameIssue(text);
  return issue === null ? accept({ name: text }) : refuse(issue);
}

/** A path parameter that is a name and cannot be a UUID. */
export const nameParam = (): Param<string> => ({
  schema: Name,
  parse: (text) => {
    const issue = nameIssue(text);
    return issue === null ? accept(text) : refuse(issue);
  },
});

/** A path or query parameter that is a name or a UUID. */
export const nameOrId = (): Param<Selector> => ({
  // The document shows the wire's string; the parser hands on what it means.
  schema: NameOrId as unknown as Param<Selector>["schema"],
  parse: parseNameOrId,
});

export const identity = {
  description: s.described("free text for people", s.string()),
  id: s.described("given by the system at creation; never changes and is never used again", s.uuid()),
  name: s.described("chosen by the user; unique among its siblings while the resource lives", Name),
  time_created: s.described("when it was created", s.dateTime()),
  time_modified: s.described("when it last changed", s.dateTime()),
} as const;

export const identityCreate = { description: Description, name: Name } as const;

export const identityUpdate = {
  description: s.nullish(Description),
  name: s.nullish(Name),
} as const;

export const NameOrIdSortMode = param.enum(["name_ascending", "name_descending", "id_ascending"], "NameOrIdSortMode");
export const IdSortMode = param.enum(["id_ascending"], "IdSortMode");

export const sortByNameOrId = { sort_by: query.withDefault(NameOrIdSortMode, "name_ascending") } as const;
export const sortById = { sort_by: query.withDefault(IdSortMode, "id_ascending") } as const;

export const IpVersion = s.named("IpVersion", s.enum(["v4", "v6"]), "Which family of IP addresses.");
export const ipVersionParam = { ...param.enum(["v4", "v6"]), schema: IpVersion };
