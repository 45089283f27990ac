/** Names and ids in bodies, where the schema has vouched for the text. */
import { HttpError } from "@racklet/api-kit";
import { parseNameOrId, type Selector } from "@racklet/api-types/nexus/common";

export function bodySelector(text: string): Selector {
  const parsed = parseNameOrId(text);
  if (!parsed.ok) throw HttpError.badRequest(`unable to parse JSON body: ${parsed.reason}`);
  return parsed.value;
}
