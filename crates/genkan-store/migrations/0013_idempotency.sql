-- min_binary 0.1.0
-- What became of calls that changed something outside and were given an idempotency key, until the key
-- expires. `answer` is absent while the call is away, and empty when nobody knows how it ended. `arguments`
-- is a digest.

CREATE TABLE idempotency (
  tenant {text} NOT NULL,
  principal {text} NOT NULL,
  tool {text} NOT NULL,
  key {text} NOT NULL,
  execution {text} NOT NULL,
  arguments {text} NOT NULL,
  expires BIGINT NOT NULL,
  answer {text},
  PRIMARY KEY (tenant, principal, tool, key)
){clustered};
CREATE UNIQUE INDEX idempotency_of_execution ON idempotency (tenant, execution);
CREATE INDEX idempotency_by_expiry ON idempotency (expires);
-- [tenant_table idempotency SELECT, DELETE]
