-- min_binary 0.1.0
-- [postgres]
-- What matches is found first, and put into order afterwards. In one step, PostgreSQL, which cannot know how
-- rare a word is before it is given, may read all of a tenant's entries from the newest on, as long as their
-- table is small: forty times as slow with ten thousand of them.
CREATE OR REPLACE FUNCTION knowledge_match(wanted text, least_size bigint, most bigint)
RETURNS TABLE (id text, scope text, terms text, frequencies text, context_length bigint, content_length bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path FROM CURRENT AS $$
    WITH found AS MATERIALIZED (
        SELECT e.id, e.scope, e.terms, e.frequencies, e.context_length, e.content_length
        FROM knowledge_entry e
        WHERE e.tenant = current_setting('genkan.tenant')
            AND e.suppressed = 0
            AND (e.task_size IS NULL OR e.task_size >= least_size)
            AND array_to_tsvector(string_to_array(
                right(e.scope, 12) || '_' || replace(e.terms, ' ', ' ' || right(e.scope, 12) || '_'), ' '))
                @@ wanted::tsquery
    )
    SELECT found.id, found.scope, found.terms, found.frequencies, found.context_length, found.content_length
    FROM found ORDER BY found.id DESC LIMIT most
$$;
