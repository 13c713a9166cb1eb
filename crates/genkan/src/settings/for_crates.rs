//! What each part of the house is told of the settings, in its own words.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    time::Duration,
};

use genkan_core::Secret;
use genkan_store::{Location, Options, RedisOptions, knowledge::UsageKept};

use crate::settings::Settings;

impl Settings {
    /// What the store is opened with.
    pub(crate) fn for_store(&self, location: Location, audit_key: Secret<[u8; 32]>) -> Options {
        let mut options = Options::new(location, audit_key);
        options.connections = self.store.connections.get();
        options.auto_migrate = self.store.auto_migrate;
        options.usage = UsageKept {
            days: self.knowledge.search_days.get(),
            words: self.knowledge.search_words,
        };
        options.crash_point = self.additions.crash_point;
        options
    }

    /// How Redis is used, if it is.
    pub(crate) fn for_redis(&self, namespace: String, instance: String) -> Option<RedisOptions> {
        Some(RedisOptions {
            url: self.redis.url.clone()?,
            namespace,
            instance,
            patience: Duration::from_millis(self.redis.timeout_ms.get()),
        })
    }

    /// How the toolset `knowledge` is set. Its embedder is made in `embedding.rs`.
    pub(crate) fn for_knowledge(&self) -> genkan_toolsets::knowledge::Options {
        genkan_toolsets::knowledge::Options {
            cache: self.knowledge.search_cache,
            shared: None,
            embedder: None,
        }
    }

    /// The bounds of every call.
    pub(crate) fn for_engine(&self) -> genkan_engine::Limits {
        let (limits, tasks) = (&self.limits, &self.tasks);
        genkan_engine::Limits {
            calls_per_minute: limits.calls_per_minute.get(),
            concurrent_calls: size(limits.concurrent_calls),
            waiting_calls: size(limits.waiting_calls),
            waiting_time: Duration::from_millis(limits.waiting_ms.get()),
            heavy_calls: limits.heavy_calls.map_or_else(heavy_calls, size),
            heavy_waiting: Duration::from_millis(limits.heavy_waiting_ms.get()),
            call_timeout: Duration::from_secs(limits.call_seconds.get()),
            result_bytes: size(limits.result_bytes),
            answer_timeout: Duration::from_secs(limits.answer_seconds.get()),
            lease: Duration::from_secs(limits.lease_seconds.get()),
            patience: Duration::from_secs(tasks.patience_seconds.get()),
            task_kept: Duration::from_secs(tasks.keep_seconds.get()),
            open_tasks: tasks.per_principal.get(),
        }
    }

    /// What the doors are told.
    pub(crate) fn for_doors(&self) -> genkan_server::Settings {
        let (server, limits) = (&self.server, &self.limits);
        genkan_server::Settings {
            public_url: server.public_url.as_ref().map(ToString::to_string),
            allowed_origins: server
                .allowed_origins
                .iter()
                .map(ToString::to_string)
                .collect(),
            allowed_hosts: server
                .allowed_hosts
                .iter()
                .map(ToString::to_string)
                .collect(),
            trusted_proxies: server.trusted_proxies.clone(),
            body_bytes: size(limits.body_bytes),
            json_depth: usize::try_from(limits.json_depth.get()).unwrap_or(usize::MAX),
            head_timeout: Duration::from_secs(limits.head_seconds.get()),
            body_timeout: Duration::from_secs(limits.body_seconds.get()),
            write_timeout: Duration::from_secs(limits.write_seconds.get()),
            connections: size(limits.connections),
            sessions: size(limits.sessions),
            sessions_per_principal: size(limits.sessions_per_principal),
            session_idle: Duration::from_secs(limits.session_idle_seconds.get()),
            replay_bytes: size(limits.replay_bytes),
            replay_bytes_per_session: size(limits.replay_bytes_per_session),
            calls_in_flight: size(limits.calls_in_flight),
            listens_per_principal: size(limits.listens_per_principal),
            answer_timeout: Duration::from_secs(limits.answer_seconds.get()),
            drain: Duration::from_secs(server.drain_seconds.get()),
            legacy_sse: self.mcp.legacy_sse,
            quirks: genkan_server::Quirks {
                version_header: self.quirks.version_header,
                discover_headers: self.quirks.discover_headers,
                accept: self.quirks.accept,
                session_version: self.quirks.session_version,
                unasked_version: self.quirks.unasked_version,
                session_id: self.quirks.session_id,
            },
            ..genkan_server::Settings::default()
        }
    }
}

/// While one half of them reads, the other may wait for the disk or for PostgreSQL.
fn heavy_calls() -> usize {
    2 * std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// A number of things in memory.
pub(super) fn size(number: NonZeroU32) -> usize {
    usize::try_from(number.get()).unwrap_or(usize::MAX)
}
