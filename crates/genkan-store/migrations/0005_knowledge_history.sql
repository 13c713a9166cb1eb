-- min_binary 0.1.0
-- What an entry was before each change. A version goes with its entry, since what is deleted is to
-- be gone.

CREATE TABLE knowledge_history (
    tenant {text} NOT NULL,
    entry {text} NOT NULL,
    version BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    author {text} NOT NULL,
    scope {text} NOT NULL,
    task_size BIGINT,
    context {text} NOT NULL,
    content {text} NOT NULL,
    PRIMARY KEY (tenant, entry, version),
    FOREIGN KEY (tenant, entry) REFERENCES knowledge_entry (tenant, id) ON DELETE CASCADE
){clustered};
-- [tenant_table knowledge_history SELECT, INSERT, UPDATE, DELETE]
