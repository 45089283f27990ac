/** Version 7 replaces sources that are IPv4 subnets by "any source", which a subnet of length 0 was used to say. */
import { HttpError, mapPage, s, type Infer, type ResultsPage } from "@racklet/api-kit";
import * as v1 from "../v1/mcast.ts";

export const IpSrc = s.named(
  "IpSrc",
  s.oneOf([
    s.described("One address.", s.closed({ Exact: s.ip() })),
    s.described("Whatever address.", s.literal("Any")),
  ]),
  "A source from which a group accepts packets.",
);
export type IpSrc = Infer<typeof IpSrc>;

const answers = v1.answersOf(IpSrc);
export const MulticastGroupExternalResponse = answers.external;
export type MulticastGroupExternalResponse = Infer<typeof MulticastGroupExternalResponse>;
export const MulticastGroupUnderlayResponse = answers.underlay;
export type MulticastGroupUnderlayResponse = Infer<typeof MulticastGroupUnderlayResponse>;
export const MulticastGroupResponse = answers.group;
export type MulticastGroupResponse = Infer<typeof MulticastGroupResponse>;
export const MulticastGroupResponsePage = answers.page;

export const MulticastGroupCreateExternalEntry = v1.externalCreateOf(IpSrc);
export type MulticastGroupCreateExternalEntry = Infer<typeof MulticastGroupCreateExternalEntry>;
export const MulticastGroupUpdateExternalEntry = v1.taggedExternalUpdateOf(IpSrc);
export type MulticastGroupUpdateExternalEntry = Infer<typeof MulticastGroupUpdateExternalEntry>;

/** Throws 400 for a subnet that is neither everything nor one address: newer filters cannot say it. */
function upSource(source: v1.IpSrc): IpSrc {
  if ("Exact" in source) return source;
  const [address = "", length] = source.Subnet.split("/");
  if (length === "0") return "Any";
  if (length === "32") return { Exact: address };
  throw HttpError.badRequest(
    `sources: the subnet ${source.Subnet} cannot be filtered by: only /0 (any source) and /32 (one address) can`,
  );
}

/** "Any" of an IPv6 group too becomes the IPv4 subnet of length 0: there is no other way to say it. */
function downSource(source: IpSrc): v1.IpSrc {
  return source === "Any" ? { Subnet: "0.0.0.0/0" } : source;
}

interface WithSources<S> {
  sources?: S[] | null | undefined;
}

const mapSources =
  <A, B>(convert: (source: A) => B) =>
  <T extends WithSources<A>>(of: T): Omit<T, "sources"> & WithSources<B> => {
    const { sources, ...rest } = of;
    return sources == null ? { ...rest, sources } : { ...rest, sources: sources.map(convert) };
  };

const up = mapSources(upSource);
const down = mapSources(downSource);

export const upCreateExternal = (body: v1.MulticastGroupCreateExternalEntry): MulticastGroupCreateExternalEntry =>
  up(body);
export const upUpdateExternal = (body: v1.MulticastGroupUpdateExternalEntry): MulticastGroupUpdateExternalEntry =>
  up(body);
export const downExternal = (answer: MulticastGroupExternalResponse): v1.MulticastGroupExternalResponse => down(answer);
export const downGroup = (group: MulticastGroupResponse): v1.MulticastGroupResponse =>
  group.kind === "underlay" ? group : down(group);
export const downPage = (page: ResultsPage<MulticastGroupResponse>): ResultsPage<v1.MulticastGroupResponse> =>
  mapPage(page, downGroup);
