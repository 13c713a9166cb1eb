-- min_binary 0.1.0
-- Team knowledge: namespaces, scopes that inherit, entries, and what search needs to know of them.
-- Everything refers to ids, so a rename is one row.

CREATE TABLE knowledge_namespace (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    name {text} NOT NULL,
    description {text} NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, name)
){clustered};
-- [tenant_table knowledge_namespace SELECT, INSERT, UPDATE, DELETE]

CREATE TABLE knowledge_scope (
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    namespace {text} NOT NULL,
    name {text} NOT NULL,
    description {text} NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, namespace, name),
    FOREIGN KEY (tenant, namespace) REFERENCES knowledge_namespace (tenant, id)
){clustered};
-- [tenant_table knowledge_scope SELECT, INSERT, UPDATE, DELETE]

-- The parents that people chose. The defaults, which every scope inherits from, are not listed.
CREATE TABLE knowledge_scope_parent (
    tenant {text} NOT NULL,
    scope {text} NOT NULL,
    parent {text} NOT NULL,
    PRIMARY KEY (tenant, scope, parent),
    FOREIGN KEY (tenant, scope) REFERENCES knowledge_scope (tenant, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant, parent) REFERENCES knowledge_scope (tenant, id) ON DELETE CASCADE
){clustered};
CREATE INDEX knowledge_scope_parent_parent ON knowledge_scope_parent (tenant, parent);
-- [tenant_table knowledge_scope_parent SELECT, INSERT, UPDATE, DELETE]

-- `terms` and `frequencies` are the profile that ranking reads: distinct terms in the order of
-- their bytes, and how often each stands in context and content. The long text comes last, so that
-- SQLite need not walk over it.
CREATE TABLE knowledge_entry (
-- [sqlite]
    number INTEGER PRIMARY KEY,
-- [both]
    tenant {text} NOT NULL,
    id {text} NOT NULL,
    scope {text} NOT NULL,
    task_size BIGINT,
    suppressed BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    context_length BIGINT NOT NULL,
    content_length BIGINT NOT NULL,
    context {text} NOT NULL,
    frequencies {text} NOT NULL,
    terms {text} NOT NULL,
    content {text} NOT NULL,
-- [postgres]
    PRIMARY KEY (tenant, id),
-- [sqlite]
    UNIQUE (tenant, id),
-- [both]
    FOREIGN KEY (tenant, scope) REFERENCES knowledge_scope (tenant, id)
);
CREATE INDEX knowledge_entry_scope ON knowledge_entry (tenant, scope, id);
-- [tenant_table knowledge_entry SELECT, INSERT, UPDATE, DELETE]

-- Which entry lost against which. A loser stays suppressed when the winner is deleted.
CREATE TABLE knowledge_conflict (
    tenant {text} NOT NULL,
    suppressed {text} NOT NULL,
    active {text} NOT NULL,
    resolved BIGINT NOT NULL,
    resolved_by {text} NOT NULL,
    PRIMARY KEY (tenant, suppressed),
    FOREIGN KEY (tenant, suppressed) REFERENCES knowledge_entry (tenant, id) ON DELETE CASCADE
){clustered};
-- [tenant_table knowledge_conflict SELECT, INSERT, UPDATE, DELETE]

-- In how many entries that can be found each term stands.
CREATE TABLE knowledge_term (
    tenant {text} NOT NULL,
    term {text} NOT NULL,
    entries BIGINT NOT NULL,
    PRIMARY KEY (tenant, term)
){clustered};
-- [tenant_table knowledge_term SELECT, INSERT, UPDATE, DELETE]

-- How many entries can be found, and how many words they have.
CREATE TABLE knowledge_statistics (
    tenant {text} NOT NULL PRIMARY KEY,
    entries BIGINT NOT NULL,
    context_length BIGINT NOT NULL,
    content_length BIGINT NOT NULL
){clustered};
-- [tenant_table knowledge_statistics SELECT, INSERT, UPDATE, DELETE]

-- The full-text index. It holds, for each entry that is not suppressed, its terms and the token of
-- its scope (`_` and the id). Terms are cut and folded by us, so the tokenizer only has to split at
-- spaces: `ascii` does not touch anything beyond ASCII, whatever Unicode version SQLite knows.
-- Triggers keep it, so that no statement can forget to.
-- [sqlite]
CREATE VIRTUAL TABLE knowledge_search USING fts5(
    words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_-'"
);
CREATE TRIGGER knowledge_entry_added AFTER INSERT ON knowledge_entry WHEN new.suppressed = 0 BEGIN
    INSERT INTO knowledge_search (rowid, words) VALUES (new.number, '_' || new.scope || ' ' || new.terms);
END;
CREATE TRIGGER knowledge_entry_removed AFTER DELETE ON knowledge_entry WHEN old.suppressed = 0 BEGIN
    DELETE FROM knowledge_search WHERE rowid = old.number;
END;
CREATE TRIGGER knowledge_entry_changed AFTER UPDATE OF scope, terms, suppressed ON knowledge_entry BEGIN
    DELETE FROM knowledge_search WHERE rowid = old.number;
    INSERT INTO knowledge_search (rowid, words)
        SELECT new.number, '_' || new.scope || ' ' || new.terms WHERE new.suppressed = 0;
END;
-- [postgres]
CREATE INDEX knowledge_entry_words ON knowledge_entry
    USING gin (array_to_tsvector(string_to_array(rtrim('_' || scope || ' ' || terms), ' ')))
    WHERE suppressed = 0;

-- Row-level security keeps the planner from using a full-text index, since `@@` is not leakproof.
-- So the look-up is a function of the house, which says `tenant = …` itself.
CREATE FUNCTION knowledge_match(wanted text, least_size bigint, most bigint)
RETURNS TABLE (id text, scope text, terms text, frequencies text, context_length bigint, content_length bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path FROM CURRENT AS $$
    SELECT e.id, e.scope, e.terms, e.frequencies, e.context_length, e.content_length
    FROM knowledge_entry e
    WHERE e.tenant = current_setting('genkan.tenant')
        AND e.suppressed = 0
        AND (e.task_size IS NULL OR e.task_size >= least_size)
        AND array_to_tsvector(string_to_array(rtrim('_' || e.scope || ' ' || e.terms), ' ')) @@ wanted::tsquery
    ORDER BY e.id DESC
    LIMIT most
$$;
REVOKE ALL ON FUNCTION knowledge_match FROM PUBLIC;
GRANT EXECUTE ON FUNCTION knowledge_match TO genkan_app, genkan_system;

-- A login that does not own the schema keeps the function itself, which serves as well: it is a
-- member of `genkan_system`.
DO $$ BEGIN
    EXECUTE format('GRANT CREATE ON SCHEMA %I TO genkan_system', current_schema());
    ALTER FUNCTION knowledge_match OWNER TO genkan_system;
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM genkan_system', current_schema());
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$;
