-- The tables that akka-persistence-jdbc 5.2.1 expects, with its names and types. Its table of durable state is left out,
-- because nothing here uses it.
CREATE TABLE event_journal (
  ordering BIGSERIAL,
  persistence_id VARCHAR(255) NOT NULL,
  sequence_number BIGINT NOT NULL,
  deleted BOOLEAN DEFAULT FALSE NOT NULL,
  writer VARCHAR(255) NOT NULL,
  write_timestamp BIGINT,
  adapter_manifest VARCHAR(255),
  event_ser_id INTEGER NOT NULL,
  event_ser_manifest VARCHAR(255) NOT NULL,
  event_payload BYTEA NOT NULL,
  meta_ser_id INTEGER,
  meta_ser_manifest VARCHAR(255),
  meta_payload BYTEA,
  PRIMARY KEY (persistence_id, sequence_number)
);

CREATE UNIQUE INDEX event_journal_ordering_idx ON event_journal (ordering);

CREATE TABLE event_tag (
  event_id BIGINT,
  tag VARCHAR(256),
  PRIMARY KEY (event_id, tag),
  CONSTRAINT fk_event_journal FOREIGN KEY (event_id) REFERENCES event_journal (ordering) ON DELETE CASCADE
);

CREATE TABLE snapshot (
  persistence_id VARCHAR(255) NOT NULL,
  sequence_number BIGINT NOT NULL,
  created BIGINT NOT NULL,
  snapshot_ser_id INTEGER NOT NULL,
  snapshot_ser_manifest VARCHAR(255) NOT NULL,
  snapshot_payload BYTEA NOT NULL,
  meta_ser_id INTEGER,
  meta_ser_manifest VARCHAR(255),
  meta_payload BYTEA,
  PRIMARY KEY (persistence_id, sequence_number)
);

-- Every role but the owner sees only the tenant that its session names: SET bulwark.tenant = 'acme'. A session that
-- names none sees nothing, because a comparison with NULL is not true. What belongs to no tenant (services,
-- coordinators) is for the owner only.
ALTER TABLE event_journal ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON event_journal
  USING (persistence_id = 'guard|' || current_setting('bulwark.tenant', true));

ALTER TABLE event_tag ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON event_tag
  USING (EXISTS (SELECT FROM event_journal WHERE ordering = event_id
                 AND persistence_id = 'guard|' || current_setting('bulwark.tenant', true)));

ALTER TABLE snapshot ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON snapshot
  USING (persistence_id = 'guard|' || current_setting('bulwark.tenant', true));
