-- The ledger. Names and keys are ASCII; "C" makes their order the same for every database and in Java.
CREATE TABLE operation (
  tenant text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint text NOT NULL,
  state smallint NOT NULL CHECK (state BETWEEN 1 AND 4), -- 1 claimed, 2 completed, 3 released, 4 unknown
  token bigint NOT NULL CHECK (token > 0),
  attempts integer NOT NULL CHECK (attempts > 0),
  claim_id uuid NOT NULL, -- of the latest claim, so that one whose commit was in doubt can be withdrawn
  lease_until timestamptz,
  status smallint,
  headers text[], -- name, value, name, value, …
  body bytea,
  kept boolean,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL, -- from then on the row is as good as absent
  PRIMARY KEY (tenant, key),
  CHECK ((state = 1) = (lease_until IS NOT NULL)),
  CHECK (lease_until <= expires_at), -- so that a live claim never expires
  CHECK ((state = 2) = (status IS NOT NULL AND headers IS NOT NULL AND body IS NOT NULL AND kept IS NOT NULL))
) WITH (fillfactor = 80); -- most rows are changed once, soon: leave room for that on the same page

CREATE INDEX operation_expires_at_idx ON operation (expires_at);

-- One sequence for all: a key that is claimed again after its row was swept gets a higher token too.
CREATE SEQUENCE operation_token;

-- What the list of tenants shows; the guards' journals decide.
CREATE TABLE tenant (
  tenant text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'quarantined', 'maintenance'))
);

ALTER TABLE operation ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON operation USING (tenant = current_setting('bulwark.tenant', true));

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tenant USING (tenant = current_setting('bulwark.tenant', true));
