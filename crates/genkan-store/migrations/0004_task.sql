-- min_binary 0.1.0
-- Work that goes on after its call was answered (MCP tasks extension). `alive_until` is the lease of
-- the process that works on it: when it is over, nobody knows what became of the work. `arguments`,
-- `answers` and `outcome` may hold anything, and go when the task expires.

CREATE TABLE task (
  tenant {text} NOT NULL,
  id {text} NOT NULL,
  principal {text} NOT NULL,
  profile {text} NOT NULL,
  tool {text} NOT NULL,
  arguments {text} NOT NULL,
  status {text} NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  writer {text} NOT NULL,
  alive_until BIGINT NOT NULL,
  requests {text} NOT NULL,
  answers {text} NOT NULL,
  state {text},
  outcome {text},
  PRIMARY KEY (tenant, id)
){clustered};
CREATE INDEX task_by_expiry ON task (expires);
CREATE INDEX task_of_principal ON task (tenant, principal, status);
CREATE INDEX task_of_writer ON task (status, writer);
-- [tenant_table task SELECT, INSERT, UPDATE, DELETE]
