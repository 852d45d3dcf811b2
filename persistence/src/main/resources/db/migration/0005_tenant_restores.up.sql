-- The last restores of tenants, with what came of each, so that every node can tell. One is believed to run only while
-- its node holds the tenant's advisory lock.
CREATE TABLE tenant_restore (
  id text COLLATE "C" PRIMARY KEY, -- begins with the time, so that the order of ids is that of their beginnings
  tenant text COLLATE "C" NOT NULL,
  run jsonb NOT NULL
);

ALTER TABLE tenant_restore ENABLE ROW LEVEL SECURITY;
