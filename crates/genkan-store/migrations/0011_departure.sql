-- min_binary 0.1.0
-- Calls that have left the house to change something outside, and whose end is not recorded yet. The
-- row goes with the transaction that writes the record. `alive_until` is the lease of the process that
-- made the call: when it is over, nobody knows how the call ended. Few rows at any time, so no index.

CREATE TABLE departure (
  tenant {text} NOT NULL,
  id {text} NOT NULL,
  writer {text} NOT NULL,
  alive_until BIGINT NOT NULL,
  started BIGINT NOT NULL,
  principal {text},
  door {text} NOT NULL,
  subject {text},
  correlation_id {text} NOT NULL,
  arguments {text},
  source {text},
  PRIMARY KEY (tenant, id)
){clustered};
-- [tenant_table departure SELECT, UPDATE (arguments, source)]
