//! The one text becomes the right words.

use super::{for_dialect, min_binary};
use crate::db::Dialect;

const TEXT: &str = "-- min_binary 1.2.3\n\
    -- [sqlite]\nONLY SQLITE;\n-- [postgres]\nONLY POSTGRES;\n-- [both]\n\
    CREATE TABLE t (tenant {text}){clustered};\n-- [tenant_table t SELECT]\n";

#[test]
fn sqlite_gets_its_own_lines_and_no_policies() {
    let sql = for_dialect(TEXT, Dialect::Sqlite);
    assert!(sql.contains("ONLY SQLITE;") && sql.contains("(tenant TEXT) WITHOUT ROWID;"));
    assert!(!sql.contains("POSTGRES") && !sql.contains("POLICY"));
}

#[test]
fn postgres_gets_collation_and_forced_row_security() {
    let sql = for_dialect(TEXT, Dialect::Postgres);
    assert!(sql.contains("ONLY POSTGRES;") && sql.contains("(tenant TEXT COLLATE \"C\");"));
    assert!(!sql.contains("SQLITE") && sql.contains("FORCE ROW LEVEL SECURITY"));
    assert!(sql.contains("GRANT SELECT ON t TO genkan_app;"));
}

#[test]
fn the_first_line_names_the_oldest_binary() {
    assert_eq!(min_binary(TEXT), "1.2.3");
}
