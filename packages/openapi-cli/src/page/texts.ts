/** The parts of `docs/versions.md` that do not follow from the declarations. */

export const HEAD = `# Versions

<!-- Written by \`npm run openapi -- generate\`; \`npm run openapi -- check\` says when it is old. -->

Every service has one API with many versions. A client says with each request which one it speaks (\`api-version\`); the server answers in that
version, whatever its own newest one is. Inside, only the newest exists: conversions between neighbouring versions stand at the edge.
`;

export const POLICY = `## Who may be newer than whom

A server is upgraded before its clients. So a server serves every version that it ever served, and a client needs to speak one only.

| caller → called | may the caller be newer? | and then |
| --- | --- | --- |
| SDK, CLI, Terraform → Nexus | no | 400 \`server does not support this API version\`, and nothing has happened; an SDK can [choose a common version](sdk.md) |
| Nexus → sled-agent | no: hosts before Nexus | Nexus says that the sled-agent is too old and which version it needs; instances on that host stay as they are until it is upgraded |
| Nexus → dpd | yes | below 13.1 there are no NAT groups: Nexus tells the dpd to fetch the changes, as upstream does |
| sled-agent → dpd | yes | below 13.1 the entries of services are written one by one |
| sled-agent → Nexus (internal) | yes | that API is frozen at 1.0.0 |
| sled-agent → propolis | – | both are part of one host and of one age |

**Order of an upgrade:** one host after the other (its dpd and its sled-agent together, in either order), then Nexus. In between everything works: instances
are created, started, addressed, joined to groups, stopped and deleted, by users of the older release too. Nexus first is refused as the table says and mends itself
when the hosts follow. VMs that were not moved to another host first end with theirs, as on a real rack whose host reboots, and can be started on another.

A header between two versions of a list is served as the older of them; below the first as the first. A page token may be used with another version than the one that
gave it. What a version's document says never changes once it is blessed (\`openapi/blessed.json\`), and neither does what it means: recorded
answers (\`openapi/<api>/golden\`) are replayed by \`npm test\`.

What is tried: \`npm test\` runs a slice of every client version × every server maximum × every operation, and of the orders of an upgrade; \`npm run test:compat\`
all of them. The releases are in \`test/compat/releases.json\`.
`;

export const EXAMPLE_HEAD = `## Add a version

Say propolis is to tell how long it has been up. These are all the files to touch; a test does it in a copy.
`;

export const EXAMPLE_TAIL = `Then:

\`\`\`sh
npm run openapi -- generate     # the new document, and this page; no other document may change
npm test
\`\`\`

The client package has a new entry point (\`@racklet/propolis-client/v7\`), \`.\` is the new version, and the compatibility tests find the new
conversion and the new row and column of the matrix by themselves. Record what the version answers (\`node test/compat/record.ts propolis\`), add the release to
\`test/compat/releases.json\` when there is one, and bless the version then: \`npm run openapi -- bless propolis 7\`.
`;
