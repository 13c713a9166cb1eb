-- min_binary 0.1.0
-- Settings that every instance on this store has in common, in the text form that a variable of the
-- environment has too. They belong to the house: no tenant sees them.

CREATE TABLE stored_setting (
  key {text} NOT NULL PRIMARY KEY,
  value {text} NOT NULL
);

-- [postgres]
ALTER TABLE stored_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE stored_setting FORCE ROW LEVEL SECURITY;
CREATE POLICY house ON stored_setting TO genkan_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON stored_setting TO genkan_system;
