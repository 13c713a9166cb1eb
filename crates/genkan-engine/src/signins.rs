//! Failed sign-ins: recorded under tenant `system`, the first at once, the rest once a minute.

use std::{sync::Arc, time::Duration};

use genkan_core::{
    Error, Lifecycle, Timestamp,
    call::Door,
    correlation,
    id::{CorrelationId, ExecutionId, TenantId},
    outcome::Disposition,
    record::{Personal, Record},
};
use tracing::warn;

use crate::{
    Engine,
    stages::Stage,
    tally::{Kind, Tally},
};

/// How often sums are written.
const EVERY: Duration = Duration::from_secs(60);

/// What was refused to callers whom nobody knows.
#[derive(Default)]
pub(crate) struct SignIns {
    failed: Tally,
}

impl SignIns {
    /// Counts a failed sign-in. Returns its record when it is the first of its kind in a while.
    pub(crate) fn failed(
        &self,
        engine: &Engine,
        source: &Arc<str>,
        door: Door,
        error: &Error,
    ) -> Option<Record> {
        let kind = Kind {
            source: Arc::clone(source),
            code: error.code(),
        };
        self.failed
            .is_first(kind.clone())
            .then(|| record(engine, kind, door, 1))
    }

    /// Counts a call that found no place in the record queue and so could not be recorded.
    pub(crate) fn turned_away(&self, source: &Arc<str>, error: &Error) {
        self.failed.add(Kind {
            source: Arc::clone(source),
            code: error.code(),
        });
    }
}

/// Starts the task that writes the sums.
pub(crate) fn start(engine: &Arc<Engine>, lifecycle: &Lifecycle) {
    let engine = Arc::downgrade(engine);
    let stop = lifecycle.soft_stop().clone();
    lifecycle.start("sign-in sums", async move {
        loop {
            let stopping = tokio::select! {
                () = tokio::time::sleep(EVERY) => false,
                () = stop.cancelled() => true,
            };
            let Some(engine) = engine.upgrade() else {
                return;
            };
            write_sums(&engine).await;
            engine.rate.forget_idle();
            if stopping {
                return;
            }
        }
    });
}

async fn write_sums(engine: &Engine) {
    for (kind, count) in engine.sign_ins.failed.drain() {
        match engine.store.records().reserve().await {
            Ok(place) => place.leave(record(engine, kind, Door::Internal, count)),
            Err(error) => {
                warn!(
                    count,
                    code = kind.code.as_str(),
                    "refused calls could not be recorded: {error}"
                );
                return;
            }
        }
    }
}

fn record(engine: &Engine, kind: Kind, door: Door, count: u32) -> Record {
    let (clock, random) = (&*engine.clock, &*engine.random);
    let now: Timestamp = clock.now();
    Record {
        tenant: TenantId::system(),
        id: ExecutionId::generate(clock, random),
        started: now,
        duration: Duration::ZERO,
        principal: None,
        door,
        operation: "sign-in",
        subject: None,
        stage: Stage::Authenticate.as_str(),
        disposition: Disposition::Refused(kind.code),
        count,
        // A sum belongs to no single request.
        correlation_id: correlation::current()
            .unwrap_or_else(|| CorrelationId::generate(clock, random)),
        personal: Personal {
            arguments: None,
            source: Some(kind.source),
        },
        has_departed: false,
        answer: None,
    }
}
