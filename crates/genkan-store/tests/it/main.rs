//! The store on real databases: every test runs on a fresh SQLite file and, where
//! `GENKAN_TEST_POSTGRES` names a server, on a fresh PostgreSQL database.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

mod aggregates;
mod audit;
mod backup;
mod database;
mod departures;
mod fixture;
mod migrations;
mod outage;
mod plans;
mod processes;
mod reads;
mod row_security;
mod tasks;
mod writes;
