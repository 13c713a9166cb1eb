-- min_binary 0.1.0
-- What a tenant says of search: words that mean the same, and entries that may contradict each other.

-- A pair stands in it twice, once for each direction. `word_key` is what queries are compared with.
-- A pair that is not active switches off one of the table that the binary brings along.
CREATE TABLE knowledge_synonym (
    tenant {text} NOT NULL,
    word_key {text} NOT NULL,
    synonym_key {text} NOT NULL,
    word {text} NOT NULL,
    synonym {text} NOT NULL,
    active BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    changed_by {text} NOT NULL,
    PRIMARY KEY (tenant, word_key, synonym_key)
){clustered};
-- [tenant_table knowledge_synonym SELECT, INSERT, UPDATE, DELETE]

-- Likely conflicts, as they were reported when `entry` was written: a pair once. `similarity` is in
-- hundredths.
CREATE TABLE knowledge_likely_conflict (
    tenant {text} NOT NULL,
    entry {text} NOT NULL,
    other {text} NOT NULL,
    similarity BIGINT NOT NULL,
    found BIGINT NOT NULL,
    PRIMARY KEY (tenant, entry, other),
    FOREIGN KEY (tenant, entry) REFERENCES knowledge_entry (tenant, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant, other) REFERENCES knowledge_entry (tenant, id) ON DELETE CASCADE
){clustered};
CREATE INDEX knowledge_likely_conflict_other ON knowledge_likely_conflict (tenant, other);
-- [tenant_table knowledge_likely_conflict SELECT, INSERT, UPDATE, DELETE]
