-- Which cluster works on this database. The id tells two databases apart: nodes on different ones never form one cluster.
CREATE TABLE cluster_identity (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO cluster_identity DEFAULT VALUES;

-- The nodes that run, or ran until they died. A line is believed only while its node holds the advisory lock that the
-- line names, which the server gives back when the node's connection ends.
CREATE TABLE cluster_member (
  address text PRIMARY KEY,
  cluster text NOT NULL,
  management text NOT NULL,
  presence bigint NOT NULL,
  founded_or_joined boolean NOT NULL,
  -- How many members it sees, itself included: a cluster that has split finds out by it which part goes on.
  members_seen integer NOT NULL DEFAULT 1,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Leases: who may do something alone, until when. The fence grows with each new owner.
CREATE TABLE cluster_lease (
  name text PRIMARY KEY,
  owner text NOT NULL,
  fence bigint NOT NULL,
  held_until timestamptz NOT NULL
);

ALTER TABLE cluster_identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE cluster_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE cluster_lease ENABLE ROW LEVEL SECURITY;
