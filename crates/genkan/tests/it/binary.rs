//! The product's binary, under the driver of the testkit.

use genkan_testkit::TestDb;
pub(crate) use genkan_testkit::binary::*;

/// The binary on a data folder of its own.
pub(crate) fn genkan() -> Binary {
    Binary::new(env!("CARGO_BIN_EXE_genkan"))
}

/// The same on a database of its own, where `GENKAN_TEST_POSTGRES` names a server.
pub(crate) async fn on_postgres() -> Option<(TestDb, Binary)> {
    let Some(database) = TestDb::postgres().await else {
        eprintln!("skipped on PostgreSQL: GENKAN_TEST_POSTGRES is not set");
        return None;
    };
    let binary = genkan()
        .variable("GENKAN_STORE__URL", &database.url().unwrap())
        .variable("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32));
    Some((database, binary))
}
