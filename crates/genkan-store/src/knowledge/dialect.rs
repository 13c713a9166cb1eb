//! Where knowledge needs different words on the two databases: the lock, the list inside a text,
//! and the language of the full-text index.

use crate::db::Dialect;

use super::search::Wanted;

/// Makes knowledge writes of one tenant wait for each other until the transaction ends. SQLite has
/// one writer anyway.
pub(super) const fn lock(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => {
            Some("SELECT pg_advisory_xact_lock(hashtextextended('genkan knowledge ' || $1, 0))")
        }
    }
}

/// A row source `word (value)`: the words of a column of words separated by spaces. They hold
/// nothing that JSON would have to escape.
pub(super) fn each_word(dialect: Dialect, column: &str) -> String {
    match dialect {
        Dialect::Sqlite => {
            format!("json_each('[\"' || replace({column}, ' ', '\",\"') || '\"]') AS word")
        }
        Dialect::Postgres => format!("string_to_table({column}, ' ') AS word (value)"),
    }
}

/// The newest entries that match: parameters are tenant, match expression, least task size, most.
pub(super) const fn candidates(dialect: Dialect) -> &'static str {
    match dialect {
        // Ids are chosen first, so that sorting moves no long rows. `CROSS JOIN` keeps the planner
        // from asking the index once per entry.
        Dialect::Sqlite => {
            "WITH chosen AS (SELECT e.number FROM knowledge_search s CROSS JOIN knowledge_entry e ON e.number = s.rowid \
             WHERE s.knowledge_search MATCH $2 AND e.tenant = $1 AND e.suppressed = 0 \
             AND (e.task_size IS NULL OR e.task_size >= $3) ORDER BY e.id DESC LIMIT $4) \
             SELECT e.id, e.scope, e.terms, e.frequencies, e.context_length, e.content_length \
             FROM chosen CROSS JOIN knowledge_entry e ON e.number = chosen.number"
        }
        Dialect::Postgres => {
            "SELECT id, scope, terms, frequencies, context_length, content_length \
             FROM knowledge_match($2, $3, $4) WHERE $1 = current_setting('genkan.tenant')"
        }
    }
}

/// The match expression in the language of the index: what is wanted, in any of the scopes. Terms
/// are quoted, so none is ever syntax.
pub(super) fn expression(dialect: Dialect, wanted: &Wanted, scopes: &[&str]) -> String {
    let mut text = String::new();
    for (place, scope) in scopes.iter().enumerate() {
        if place > 0 {
            text.push_str(dialect.pick(" OR ", " | "));
        }
        write(dialect, wanted, mark(scope), &mut text);
    }
    text
}

/// What terms of a scope are indexed with: the last characters of its id, as the index has it.
fn mark(scope: &str) -> &str {
    let begin = scope.char_indices().rev().nth(11);
    begin.map_or(scope, |(begin, _)| &scope[begin..])
}

fn write(dialect: Dialect, wanted: &Wanted, mark: &str, out: &mut String) {
    let (parts, joint) = match wanted {
        Wanted::Term(term) => return write_term(dialect, mark, term, out),
        Wanted::All(parts) => (parts, dialect.pick(" AND ", " & ")),
        Wanted::Any(parts) => (parts, dialect.pick(" OR ", " | ")),
    };
    out.push('(');
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            out.push_str(joint);
        }
        write(dialect, part, mark, out);
    }
    out.push(')');
}

fn write_term(dialect: Dialect, mark: &str, term: &str, out: &mut String) {
    let quote = match dialect {
        Dialect::Sqlite => '"',
        Dialect::Postgres => '\'',
    };
    out.push(quote);
    for c in mark.chars().chain(['_']).chain(term.chars()) {
        // Terms hold word characters alone; this holds even if one does not.
        if c == quote || (c == '\\' && dialect == Dialect::Postgres) {
            out.push(c);
        }
        out.push(c);
    }
    out.push(quote);
}
