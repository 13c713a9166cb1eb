-- min_binary 0.1.0
-- The full-text index by scope: each term is indexed together with a mark of its scope. So what a
-- search finds is what stands in the scopes that it looks in, however large the rest is.
--
-- The mark is the random end of the scope's id. Should two scopes ever share one, the entries of
-- the other are thrown out afterwards. No term has an underscore.

-- [sqlite]
DROP TRIGGER knowledge_entry_added;
DROP TRIGGER knowledge_entry_removed;
DROP TRIGGER knowledge_entry_changed;
DROP TABLE knowledge_search;
CREATE VIRTUAL TABLE knowledge_search USING fts5(
    words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_-'"
);
CREATE TRIGGER knowledge_entry_added AFTER INSERT ON knowledge_entry WHEN new.suppressed = 0 BEGIN
    INSERT INTO knowledge_search (rowid, words) VALUES (new.number,
        substr(new.scope, -12) || '_' || replace(new.terms, ' ', ' ' || substr(new.scope, -12) || '_'));
END;
CREATE TRIGGER knowledge_entry_removed AFTER DELETE ON knowledge_entry WHEN old.suppressed = 0 BEGIN
    DELETE FROM knowledge_search WHERE rowid = old.number;
END;
CREATE TRIGGER knowledge_entry_changed AFTER UPDATE OF scope, terms, suppressed ON knowledge_entry BEGIN
    DELETE FROM knowledge_search WHERE rowid = old.number;
    INSERT INTO knowledge_search (rowid, words) SELECT new.number,
        substr(new.scope, -12) || '_' || replace(new.terms, ' ', ' ' || substr(new.scope, -12) || '_')
        WHERE new.suppressed = 0;
END;
INSERT INTO knowledge_search (rowid, words) SELECT number,
    substr(scope, -12) || '_' || replace(terms, ' ', ' ' || substr(scope, -12) || '_')
    FROM knowledge_entry WHERE suppressed = 0 ORDER BY number;
-- [postgres]
DROP INDEX knowledge_entry_words;
-- Without a list of what is pending, which every search would have to read through.
CREATE INDEX knowledge_entry_words ON knowledge_entry
    USING gin (array_to_tsvector(string_to_array(
        right(scope, 12) || '_' || replace(terms, ' ', ' ' || right(scope, 12) || '_'), ' ')))
    WITH (fastupdate = off)
    WHERE suppressed = 0;
CREATE OR REPLACE FUNCTION knowledge_match(wanted text, least_size bigint, most bigint)
RETURNS TABLE (id text, scope text, terms text, frequencies text, context_length bigint, content_length bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path FROM CURRENT AS $$
    SELECT e.id, e.scope, e.terms, e.frequencies, e.context_length, e.content_length
    FROM knowledge_entry e
    WHERE e.tenant = current_setting('genkan.tenant')
        AND e.suppressed = 0
        AND (e.task_size IS NULL OR e.task_size >= least_size)
        AND array_to_tsvector(string_to_array(
            right(e.scope, 12) || '_' || replace(e.terms, ' ', ' ' || right(e.scope, 12) || '_'), ' '))
            @@ wanted::tsquery
    ORDER BY e.id DESC
    LIMIT most
$$;
