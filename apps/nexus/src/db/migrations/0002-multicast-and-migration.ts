/** Multicast groups and their members, what each switch and sled was brought to, and live migrations. */
import { sql, type Kysely } from "kysely";
import type { Migration } from "@racklet/store";

const TIMES = "time_created text not null, time_modified text not null, time_deleted text";
const VERSIONS = "version_added bigint not null, version_removed bigint";
const LIVE = "where time_deleted is null";

const STATEMENTS: readonly string[] = [
  `create table underlay_multicast_group (id text primary key, ${TIMES}, multicast_ip text not null, tag text not null,
    ${VERSIONS})`,
  `create unique index underlay_multicast_group_ip on underlay_multicast_group (multicast_ip) ${LIVE}`,
  `create table multicast_group (id text primary key, name text not null, description text not null, ${TIMES},
    vni integer not null, ip_pool_id text not null references ip_pool (id),
    ip_pool_range_id text not null references ip_pool_range (id), multicast_ip text not null, ip_sort text not null,
    ip_version text not null, underlay_group_id text references underlay_multicast_group (id), underlay_salt integer,
    tag text not null, state text not null, explicitly_created integer not null, default_source_ips text not null,
    mvlan integer, ${VERSIONS})`,
  `create unique index multicast_group_ip on multicast_group (ip_sort) ${LIVE}`,
  `create unique index multicast_group_name on multicast_group (name) ${LIVE}`,
  "create index multicast_group_state on multicast_group (state, id)",
  `create index multicast_group_pool on multicast_group (ip_pool_id) ${LIVE}`,
  `create table multicast_group_member (id text primary key, ${TIMES},
    external_group_id text not null references multicast_group (id),
    parent_id text not null references instance (id), sled_id text references sled (id), state text not null,
    multicast_ip text not null, source_ips text not null, ${VERSIONS})`,
  `create unique index multicast_group_member_one on multicast_group_member (external_group_id, parent_id) ${LIVE}`,
  "create index multicast_group_member_group on multicast_group_member (external_group_id, id)",
  "create index multicast_group_member_parent on multicast_group_member (parent_id, id)",
  `create table multicast_target (target text primary key, acknowledged_generation bigint not null,
    time_acknowledged text, time_attempted text not null, last_error text)`,
  `create table migration (id text primary key, instance_id text not null references instance (id),
    time_created text not null, time_deleted text, source_propolis_id text not null, source_state text not null,
    source_gen bigint not null, time_source_updated text, target_propolis_id text not null, target_state text not null,
    target_gen bigint not null, time_target_updated text)`,
  `create index migration_instance on migration (instance_id) ${LIVE}`,
  "insert into counter (name, value) values ('multicast_generation', 0)",
];

export const multicastAndMigration: Migration = {
  name: "0002-multicast-and-migration",
  up: async (db: Kysely<unknown>) => {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
