//! The toolsets on a real store: each test runs on a fresh SQLite file and, where
//! `GENKAN_TEST_POSTGRES` names a server, on a fresh PostgreSQL database.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod bad_input;
mod batch;
mod cache;
mod client;
mod conflicts;
mod entries;
mod fixture;
mod history;
mod imports;
mod namespaces;
mod nearness;
mod order;
mod prompts;
mod quality;
mod resources;
mod schemas;
mod scopes;
mod search;
mod skills;
mod synonyms;
mod together;
mod usage;
mod watching;
mod whole;
mod zulip_channels;
mod zulip_client;
mod zulip_counts;
mod zulip_faults;
mod zulip_flows;
mod zulip_groups;
mod zulip_house;
mod zulip_more;
mod zulip_offers;
mod zulip_people;
mod zulip_profiles;
mod zulip_realms;
mod zulip_refusals;
mod zulip_search;
mod zulip_storm;
mod zulip_tools;
mod zulip_topics;
mod zulip_unsent;
