//! Drives the built binary, as a person at a terminal and as a client would.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests start processes and look at the clock"
)]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod binary;
#[cfg(target_os = "linux")]
mod client_setup;
#[cfg(unix)]
mod clients;
#[cfg(unix)]
mod clients_inspector;
#[cfg(unix)]
mod clients_older;
mod clients_readme;
#[cfg(unix)]
mod clients_skills;
mod command_line;
mod config;
mod copies;
mod departures;
#[cfg(unix)]
mod development;
mod doctor;
#[cfg(unix)]
mod documents;
mod effects;
mod effects_http;
mod effects_knowledge;
mod effects_ops;
#[cfg(unix)]
mod effects_redis;
mod effects_sessions;
mod effects_zulip;
#[cfg(unix)]
mod health;
mod keys;
#[cfg(unix)]
mod knowledge_files;
mod knowledge_stats;
mod large_texts;
#[cfg(unix)]
mod logs;
mod monitoring;
#[cfg(unix)]
mod packages;
mod postgres;
#[cfg(unix)]
mod readme;
mod reload;
mod serve;
#[cfg(unix)]
mod service;
mod several;
mod stats;
mod stdio;
mod stored_settings;
mod tls;
#[cfg(unix)]
mod together;
#[cfg(unix)]
mod together_without_redis;
#[cfg(unix)]
mod tour;
#[cfg(unix)]
mod tour_terminal;
mod traces;
mod twelve;
mod who;
mod zulip_session;
