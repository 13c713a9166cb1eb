-- min_binary 0.1.0
-- Tools that an admin switched off for the tenant. A tool without a row is on.

CREATE TABLE disabled_tool (
  tenant {text} NOT NULL,
  tool {text} NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (tenant, tool)
){clustered};
-- [tenant_table disabled_tool SELECT, INSERT, UPDATE, DELETE]
