-- min_binary 0.1.0
-- What an embedder made of an entry: a number from -127 to 127 for each dimension, as two hexadecimal
-- digits; empty if the entry says nothing to it. `updated` is that of the entry it was made from; where
-- both differ, or the embedder is another by now, it is to be made anew.

CREATE TABLE knowledge_vector (
    tenant {text} NOT NULL,
    entry {text} NOT NULL,
    embedder {text} NOT NULL,
    updated BIGINT NOT NULL,
    vector {text} NOT NULL,
    PRIMARY KEY (tenant, entry),
    FOREIGN KEY (tenant, entry) REFERENCES knowledge_entry (tenant, id) ON DELETE CASCADE
){clustered};
-- [tenant_table knowledge_vector SELECT, INSERT, UPDATE, DELETE]
