-- min_binary 0.1.0
-- The house itself: tenants, who calls, nonces, and the records with their chain.

-- [postgres]
-- Statements run as one of these two roles, which own nothing (crate::migrate::roles makes them).
DO $$ BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO genkan_app, genkan_system', current_schema());
END $$;

-- [both]
CREATE TABLE tenant (
  id {text} NOT NULL PRIMARY KEY,
  name {text} NOT NULL,
  created BIGINT NOT NULL
);

CREATE TABLE principal (
  tenant {text} NOT NULL REFERENCES tenant (id),
  id {text} NOT NULL,
  kind {text} NOT NULL,
  issuer {text} NOT NULL,
  subject {text} NOT NULL,
  role {text} NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, issuer, subject)
);

CREATE TABLE api_key (
  id {text} NOT NULL PRIMARY KEY,
  tenant {text} NOT NULL,
  principal {text} NOT NULL,
  name {text} NOT NULL,
  role {text} NOT NULL,
  hash {text} NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT,
  revoked BIGINT,
  replaced_by {text},
  FOREIGN KEY (tenant, principal) REFERENCES principal (tenant, id)
);
CREATE INDEX api_key_of_tenant ON api_key (tenant, id);

-- A nonce is used once and kept until it would have expired anyway.
CREATE TABLE nonce (
  tenant {text} NOT NULL,
  nonce {text} NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (tenant, nonce)
){clustered};
CREATE INDEX nonce_by_expiry ON nonce (expires);

CREATE TABLE meta (
  key {text} NOT NULL PRIMARY KEY,
  value {text} NOT NULL
);

-- One row per call, execution and audit in one. The hottest table: no index but its key, which
-- is also the order of the chain. `arguments`, `source` and `salt` can be erased, since the chain
-- holds `personal_digest` only.
CREATE TABLE record (
  tenant {text} NOT NULL,
  writer {text} NOT NULL,
  seq BIGINT NOT NULL,
  id {text} NOT NULL,
  started BIGINT NOT NULL,
  duration_us BIGINT NOT NULL,
  principal {text},
  door {text} NOT NULL,
  operation {text} NOT NULL,
  subject {text},
  stage {text} NOT NULL,
  disposition {text} NOT NULL,
  code {text},
  count BIGINT NOT NULL,
  correlation_id {text} NOT NULL,
  arguments {text},
  source {text},
  salt {text},
  personal_digest {text},
  prev {text} NOT NULL,
  hash {text} NOT NULL,
  PRIMARY KEY (tenant, writer, seq)
){clustered};

-- The signed end of each chain, and how far checkpoints have seen it.
CREATE TABLE head (
  tenant {text} NOT NULL,
  writer {text} NOT NULL,
  seq BIGINT NOT NULL,
  hash {text} NOT NULL,
  mac {text} NOT NULL,
  checkpointed BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, writer)
);

-- Signed, chained lists of the heads that moved since the checkpoint before.
CREATE TABLE checkpoint (
  tenant {text} NOT NULL,
  seq BIGINT NOT NULL,
  made BIGINT NOT NULL,
  heads {text} NOT NULL,
  prev {text} NOT NULL,
  mac {text} NOT NULL,
  PRIMARY KEY (tenant, seq)
);

-- [tenant_table principal SELECT, INSERT, UPDATE, DELETE]
-- [tenant_table api_key SELECT, INSERT, UPDATE, DELETE]
-- [tenant_table nonce SELECT]
-- [tenant_table record SELECT, UPDATE (arguments, source, salt)]
-- [tenant_table head SELECT]
-- [tenant_table checkpoint SELECT]

-- [postgres]
ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tenant FOR SELECT TO genkan_app
  USING (id = current_setting('genkan.tenant', true));
CREATE POLICY house ON tenant TO genkan_system USING (true) WITH CHECK (true);
GRANT SELECT ON tenant TO genkan_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant TO genkan_system;
GRANT SELECT, INSERT, UPDATE, DELETE ON meta TO genkan_system;
