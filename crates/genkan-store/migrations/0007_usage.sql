-- min_binary 0.1.0
-- How team knowledge is used: sums per day, without who asked. They refer to scopes and entries by no
-- foreign key, so that whoever deletes one never waits for a sum; what is left over is purged.

-- Searches by the scope that was asked. Times are in microseconds.
CREATE TABLE knowledge_usage_day (
    tenant {text} NOT NULL,
    day BIGINT NOT NULL,
    scope {text} NOT NULL,
    searches BIGINT NOT NULL,
    empty BIGINT NOT NULL,
    took BIGINT NOT NULL,
    slowest BIGINT NOT NULL,
    PRIMARY KEY (tenant, day, scope)
){clustered};
-- [tenant_table knowledge_usage_day SELECT, INSERT, UPDATE, DELETE]

-- Words that were searched for; `missed` counts the searches of which no answer held the word.
CREATE TABLE knowledge_usage_word (
    tenant {text} NOT NULL,
    day BIGINT NOT NULL,
    scope {text} NOT NULL,
    word {text} NOT NULL,
    searches BIGINT NOT NULL,
    missed BIGINT NOT NULL,
    PRIMARY KEY (tenant, day, scope, word)
){clustered};
-- [tenant_table knowledge_usage_word SELECT, INSERT, UPDATE, DELETE]

-- The slowest searches of each day.
CREATE TABLE knowledge_usage_slow (
    tenant {text} NOT NULL,
    day BIGINT NOT NULL,
    scope {text} NOT NULL,
    queries {text} NOT NULL,
    searches BIGINT NOT NULL,
    slowest BIGINT NOT NULL,
    PRIMARY KEY (tenant, day, scope, queries)
){clustered};
-- [tenant_table knowledge_usage_slow SELECT, INSERT, UPDATE, DELETE]

-- Words that an entry does not hold, of queries whose other words found it first.
CREATE TABLE knowledge_usage_suggestion (
    tenant {text} NOT NULL,
    entry {text} NOT NULL,
    word {text} NOT NULL,
    searches BIGINT NOT NULL,
    day BIGINT NOT NULL,
    PRIMARY KEY (tenant, entry, word)
){clustered};
-- [tenant_table knowledge_usage_suggestion SELECT, INSERT, UPDATE, DELETE]

-- How often a search found an entry, and on which day the last time.
CREATE TABLE knowledge_usage_entry (
    tenant {text} NOT NULL,
    entry {text} NOT NULL,
    found BIGINT NOT NULL,
    day BIGINT NOT NULL,
    PRIMARY KEY (tenant, entry)
){clustered};
-- [tenant_table knowledge_usage_entry SELECT, INSERT, UPDATE, DELETE]

-- Principals of whose searches nothing is counted.
CREATE TABLE knowledge_usage_private (
    tenant {text} NOT NULL,
    principal {text} NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (tenant, principal)
){clustered};
-- [tenant_table knowledge_usage_private SELECT, INSERT, UPDATE, DELETE]
