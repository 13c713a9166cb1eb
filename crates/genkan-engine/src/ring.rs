//! The outer ring: entered first and always left, on success, refusal, error, panic, timeout and
//! cancellation alike. Leaving measures the call and writes exactly one record; that of a task waits
//! for what becomes of the task, so that both are written in one transaction.

use std::{sync::Arc, time::Instant};

use genkan_core::{
    Call, Operation, Outcome, Principal, Result, ToolOutput,
    id::{ExecutionId, IdempotencyKey, TenantId},
    outcome::Disposition,
    record::{Personal, Record, Ticket},
    task::TaskAct,
    trace::TARGET,
};
use genkan_store::{Pending, Place};
use serde_json::{Map, Value};
use tracing::{Level, debug, enabled, trace};

use crate::{
    Engine,
    departures::{self, Away},
    masking, measure,
    stages::{Stage, Target},
    tasks::Outliving,
};

/// The part of the log that holds arguments and answers; the binary switches it on in development
/// alone.
const CALLS: &str = "genkan_calls";

/// The longest name that a record keeps of what was acted on, in bytes.
const SUBJECT: usize = 128;

/// One call on its way. Dropped before it is left, it records the call as cancelled.
pub(crate) struct Ring<'e> {
    engine: &'e Engine,
    begun: Instant,
    stage: Stage,
    /// Lists and their like are metered and not recorded one by one.
    is_list: bool,
    depth: u8,
    outliving: Option<&'e Outliving>,
    /// When the present stage began, of calls whose stages are timed.
    timed: Option<Instant>,
    /// Absent once it is left with.
    record: Option<Record>,
    target: Option<Target>,
    place: Option<Place>,
    ticket: Option<Ticket>,
    /// Held while the call may be outside the house.
    away: Option<Away<'e>>,
}

/// Whether it is asked how far a task is, which clients ask every second.
fn is_poll(operation: &Operation) -> bool {
    matches!(operation, Operation::Task(task) if matches!(task.act, TaskAct::Get))
}

impl<'e> Ring<'e> {
    /// Enters with a reserved place in the record queue, so that leaving never waits.
    pub(crate) fn enter(
        engine: &'e Engine,
        place: Place,
        call: &Call,
        depth: u8,
        outliving: Option<&'e Outliving>,
    ) -> Self {
        let (clock, random) = (&*engine.clock, &*engine.random);
        let subject = call.operation.subject();
        let record = Record {
            tenant: TenantId::system(),
            id: ExecutionId::generate(clock, random),
            started: clock.now(),
            duration: std::time::Duration::ZERO,
            principal: None,
            door: call.door,
            operation: call.operation.method(),
            subject: subject.map(|name| name[..name.floor_char_boundary(SUBJECT)].into()),
            stage: Stage::Admit.as_str(),
            disposition: Disposition::Cancelled,
            count: 1,
            correlation_id: call.correlation_id.clone(),
            personal: Personal {
                arguments: None,
                source: Some(Arc::clone(&call.source)),
            },
            has_departed: false,
            answer: None,
        };
        Self {
            engine,
            begun: clock.monotonic(),
            stage: Stage::Admit,
            is_list: subject.is_none() || is_poll(&call.operation),
            depth,
            outliving,
            timed: engine.stages.is_due().then(|| clock.monotonic()),
            record: Some(record),
            target: None,
            place: Some(place),
            ticket: None,
            away: None,
        }
    }

    /// Notes the stage that the call enters now.
    pub(crate) async fn reach(&mut self, stage: Stage) -> Result<()> {
        self.time_stage();
        self.stage = stage;
        trace!(target: TARGET, stage = stage.as_str());
        match &self.engine.probe {
            None => Ok(()),
            Some(probe) => probe.at(stage).await,
        }
    }

    /// Measures the stage that ends now.
    fn time_stage(&mut self) {
        if let Some(begun) = self.timed {
            let now = self.engine.clock.monotonic();
            let stages = &self.engine.stages;
            stages.count(self.stage, now.saturating_duration_since(begun));
            self.timed = Some(now);
        }
    }

    /// The stage that the call has reached.
    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    /// How many tools stand between this call and the door.
    pub(crate) fn depth(&self) -> u8 {
        self.depth
    }

    /// What the call shares with who waits for it, where its work may go on afterwards.
    pub(crate) fn outliving(&self) -> Option<&'e Outliving> {
        self.outliving
    }

    /// Notes who calls.
    pub(crate) fn known(&mut self, principal: &Principal) {
        if let Some(record) = &mut self.record {
            record.tenant = principal.tenant.clone();
            record.principal = Some(principal.id.clone());
        }
    }

    /// Notes what is called, and with what.
    pub(crate) fn found(&mut self, target: &Target, arguments: &Map<String, Value>) {
        self.target = Some(target.clone());
        if let Some(record) = &mut self.record {
            record.personal.arguments = Some(masking::masked(arguments, target.hides()));
        }
    }

    /// Keeps durably that the call is about to leave the house, to change something there. Where it
    /// left before under the same key, it must not: this is what was answered then.
    pub(crate) async fn depart(
        &mut self,
        key: Option<IdempotencyKey>,
        arguments: &Map<String, Value>,
    ) -> Result<Option<ToolOutput>> {
        let Some(record) = &mut self.record else {
            return Ok(None);
        };
        record.has_departed = true;
        self.away = Some(self.engine.departures.begin());
        let kept = departures::keep(self.engine, record, key, arguments).await;
        if matches!(kept, Ok(Some(_))) {
            self.away = None;
        }
        kept
    }

    /// Keeps what was answered, for those who send the call again under its key.
    pub(crate) fn keep_answer(&mut self, outcome: &Outcome) {
        if let (Some(record), Outcome::Tool(output)) = (&mut self.record, outcome) {
            record.answer = departures::answer_text(output);
        }
    }

    /// Gives the record into the hands of the store, to be written with the effect of the call.
    pub(crate) fn ticket(&mut self) -> Ticket {
        let (Some(place), Some(record)) = (self.place.take(), &mut self.record) else {
            return Ticket::default();
        };
        record.stage = self.stage.as_str();
        let ticket = Ticket::new(Pending {
            place,
            record: record.clone(),
            begun: self.begun,
        });
        self.ticket = Some(ticket.clone());
        ticket
    }

    /// Tells the log what was called with what, and how it ended, where somebody develops.
    pub(crate) fn tell(&self, disposition: Disposition, result: &Result<Outcome>) {
        if !enabled!(target: CALLS, Level::DEBUG) {
            return;
        }
        let Some(record) = &self.record else { return };
        debug!(
            target: CALLS,
            door = record.door.as_str(),
            stage = self.stage.as_str(),
            code = disposition.code().map(genkan_core::Code::as_str),
            arguments = record.personal.arguments.as_deref(),
            answer = masking::answer(result),
            "{} {}",
            record.operation,
            record.subject.as_deref().unwrap_or_default(),
        );
    }

    /// Leaves: measures, and writes the record unless the store did so with the effect.
    pub(crate) fn leave(mut self, disposition: Disposition) {
        self.end(disposition);
    }

    /// Leaves with a failed sign-in, which is summed up instead of recorded one by one.
    pub(crate) fn leave_unknown(mut self, disposition: Disposition, record: Option<Record>) {
        measure::count_refused(disposition);
        if let (Some(place), Some(record)) = (self.place.take(), record) {
            place.leave(record);
        }
    }

    fn end(&mut self, disposition: Disposition) {
        self.time_stage();
        self.timed = None;
        let place = match self.ticket.take() {
            // Where the ticket is spent, the store writes the record whatever happens here.
            Some(ticket) => ticket.take::<Pending>().map(|pending| pending.place),
            None => self.place.take(),
        };
        let duration = self
            .engine
            .clock
            .monotonic()
            .saturating_duration_since(self.begun);
        match &self.target {
            Some(target) => target.meters().count(disposition, duration),
            None if self.is_list && disposition == Disposition::Ok => {
                self.engine.lists.increment(1)
            }
            // Something done to a task.
            None if disposition == Disposition::Ok => {}
            None => measure::count_refused(disposition),
        }
        let Some(place) = place.filter(|_| !self.is_list) else {
            return;
        };
        let Some(mut record) = self.record.take() else {
            return;
        };
        record.duration = duration;
        record.stage = self.stage.as_str();
        record.disposition = disposition;
        match self.outliving {
            Some(outliving) => outliving.leave(place, record),
            None => place.leave(record),
        }
    }
}

impl Drop for Ring<'_> {
    fn drop(&mut self) {
        // Left already, or the door dropped the call: its client is gone.
        if self.place.is_some() || self.ticket.is_some() {
            self.end(Disposition::Cancelled);
        }
    }
}
