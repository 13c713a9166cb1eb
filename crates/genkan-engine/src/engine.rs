//! The entrance: [`Engine::call`], the only way to do anything.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc};

use futures_util::FutureExt;
use genkan_core::{
    Bus, Call, Change, Clock, Code, Error, Live, Operation, Outcome, Principal, Random, Result,
    Toolset, Whence,
    call::{Credential, Door},
    digest::Digest,
    id::{ProfileName, WriterId},
    lifecycle::Lifecycle,
    outcome::Disposition,
    trace::TARGET,
};
use genkan_identity::{Identity, Sealer};
use genkan_store::{Redis, Store};
use metrics::Counter;
use tracing::{Instrument, Span, error, trace_span};

use crate::{
    Catalog, Limits, Probe, ProfileInfo,
    admission::Admission,
    bulkhead::Bulkhead,
    departures::{self, Departures},
    measure::{self, Stages},
    request_state::RequestStates,
    ring::Ring,
    signins::{self, SignIns},
    stages::{self, Caller, Rate, Stage},
    switches::Switches,
    tasks::{self, Outliving, Tasks},
};

/// What an engine is made of.
pub struct EngineParts {
    /// Where records go, and nonces are spent.
    pub store: Store,
    /// Who is calling.
    pub identity: Identity,
    /// Seals what travels through clients.
    pub sealer: Sealer,
    /// What is offered.
    pub toolsets: Vec<Arc<dyn Toolset>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The bounds of every call.
    pub limits: Limits,
    /// Where this instance meets others.
    pub redis: Option<Redis>,
    /// Only for tests.
    pub probe: Option<Arc<dyn Probe>>,
}

/// The one execution path.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) identity: Identity,
    pub(crate) catalog: Catalog,
    pub(crate) switches: Switches,
    admission: Admission,
    pub(crate) heavy: Bulkhead,
    pub(crate) rate: Rate,
    pub(crate) request_states: RequestStates,
    pub(crate) bus: Bus,
    pub(crate) sign_ins: SignIns,
    pub(crate) tasks: Tasks,
    pub(crate) departures: Departures,
    pub(crate) redis: Option<Redis>,
    toolsets: Vec<Arc<dyn Toolset>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) limits: Live<Limits>,
    pub(crate) lists: Counter,
    pub(crate) stages: Stages,
    pub(crate) probe: Option<Arc<dyn Probe>>,
}

impl Engine {
    /// Builds the catalog and starts the engine's own tasks.
    pub fn new(parts: EngineParts, lifecycle: &Lifecycle) -> Result<Arc<Self>> {
        measure::describe();
        let worker = WriterId::generate(&*parts.clock, &*parts.random);
        let limits = Live::new(parts.limits);
        let engine = Arc::new(Self {
            catalog: Catalog::new(&parts.toolsets)?,
            switches: Switches::new(parts.store.clone(), Arc::clone(&parts.clock)),
            admission: Admission::new(limits.clone()),
            heavy: Bulkhead::new(&limits.get()),
            rate: Rate::new(limits.get().calls_per_minute, parts.redis.clone()),
            request_states: RequestStates::new(parts.sealer),
            bus: parts
                .redis
                .as_ref()
                .map_or_else(Bus::default, |redis| redis.bus().clone()),
            sign_ins: SignIns::default(),
            tasks: Tasks::new(&parts.toolsets, worker, lifecycle),
            departures: Departures::default(),
            redis: parts.redis,
            toolsets: parts.toolsets,
            store: parts.store,
            identity: parts.identity,
            clock: parts.clock,
            random: parts.random,
            limits,
            lists: measure::lists(),
            stages: Stages::new(),
            probe: parts.probe,
        });
        let weak = Arc::downgrade(&engine);
        engine.bus.observe(Box::new(move |tenant, change, whence| {
            let Some(engine) = weak.upgrade() else { return };
            match change {
                Change::Tools => engine.store.doubt_authority(),
                Change::Task(id) if whence == Whence::Elsewhere => engine.tasks.heed(tenant, id),
                _ => {}
            }
        }));
        signins::start(&engine, lifecycle);
        tasks::start(&engine, lifecycle);
        departures::start(&engine, lifecycle);
        Ok(engine)
    }

    /// Takes one call through the outer ring and the inner stages.
    ///
    /// Faults that a model can mend come as an outcome with `is_error`; an error is for the
    /// protocol: an unknown tool, a refused caller, a fault of the house. Dropping the future
    /// cancels the call, unless it has become a task.
    pub async fn call(self: &Arc<Self>, call: Call) -> Result<Outcome> {
        let _place = self
            .admission
            .enter()
            .await
            .inspect_err(|error| self.sign_ins.turned_away(&call.source, error))?;
        if self.tasks.may_outlive(&call) {
            // Boxed, since it is rare, and would make every call's future larger.
            return Box::pin(tasks::outlive(self, call)).await;
        }
        self.travel(call, Caller::Unknown, 0, None).await
    }

    /// The same for a principal that an enclosing call already knows.
    pub(crate) async fn call_as(
        self: &Arc<Self>,
        principal: Arc<Principal>,
        call: Call,
        depth: u8,
    ) -> Result<Outcome> {
        self.travel(call, Caller::Known(principal), depth, None)
            .await
    }

    /// Tells who a credential belongs to, for what is not an operation: opening a session, reading
    /// metrics. A refusal is counted as those of calls are.
    pub async fn authenticate(
        &self,
        credential: &Credential,
        source: &Arc<str>,
        door: Door,
    ) -> Result<Arc<Principal>> {
        let result = self.identity.authenticate(credential).await;
        if let Err(error) = &result {
            self.refuse(error, source, door).await;
        }
        result
    }

    /// Counts a caller who was refused before any call, and records it as a failed sign-in of the
    /// source; also for a credential that a door could not even read.
    pub async fn refuse(&self, error: &Error, source: &Arc<str>, door: Door) {
        measure::count_refused(Disposition::Refused(error.code()));
        if !error.code().is_transient()
            && let Some(record) = self.sign_ins.failed(self, source, door, error)
            && let Ok(place) = self.store.records().reserve().await
        {
            place.leave(record);
        }
    }

    /// Changes the bounds for calls from now on; those under way keep theirs.
    pub fn set_limits(&self, limits: Limits) {
        self.admission.resize(limits.concurrent_calls);
        self.rate.set(limits.calls_per_minute);
        self.limits.set(limits);
    }

    /// Whether calls are refused, for want of memory, until it is said otherwise.
    pub fn hold_back(&self, is_short_of_memory: bool) {
        self.admission.hold_back(is_short_of_memory);
    }

    /// Gives back what is kept for callers and clients that may never come back, and the oldest fifth
    /// of what toolsets keep only to answer sooner.
    pub fn give_back(&self) {
        self.rate.forget_idle();
        self.switches.forget_lists();
        for toolset in &self.toolsets {
            toolset.forget_oldest();
        }
    }

    /// What the profile is, if there is one of that name.
    pub fn profile(&self, name: &ProfileName) -> Option<&ProfileInfo> {
        self.catalog.profile(name)
    }

    /// Changes whenever any tool's definition does.
    pub fn catalog_version(&self) -> Digest {
        self.catalog.version()
    }

    /// Where changes are announced, for what is not a call.
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    pub(crate) async fn travel(
        self: &Arc<Self>,
        call: Call,
        caller: Caller,
        depth: u8,
        outliving: Option<&Outliving>,
    ) -> Result<Outcome> {
        let span = span_of(&call);
        let passing = self.pass(call, caller, depth, outliving, &span);
        match span.is_disabled() {
            true => passing.await,
            // Boxed, so that calls that nobody traces do not carry what those need.
            false => Box::pin(passing.instrument(span.clone())).await,
        }
    }

    async fn pass(
        self: &Arc<Self>,
        call: Call,
        caller: Caller,
        depth: u8,
        outliving: Option<&Outliving>,
        span: &Span,
    ) -> Result<Outcome> {
        let is_tool = matches!(call.operation, Operation::CallTool(_));
        let (door, source, cancel) = (call.door, Arc::clone(&call.source), call.cancel.clone());
        let place = self
            .store
            .records()
            .reserve()
            .await
            .inspect_err(|error| self.sign_ins.turned_away(&source, error))?;
        let mut ring = Ring::enter(self, place, &call, depth, outliving);
        let passed = {
            // Pinned where it stands: to move it from wrapper to wrapper would cost more than they do.
            let pass = pin!(stages::pass(self, &mut ring, call, caller));
            let pass = AssertUnwindSafe(pass).catch_unwind();
            tokio::select! {
                biased;
                passed = pass => passed,
                () = cancel.cancelled() => Ok(Err(Error::new(Code::Cancelled, "the caller cancelled the call"))),
            }
        };
        let stage = ring.stage();
        let (disposition, result) = match passed {
            Ok(result) => (disposition(stage, &result), result),
            Err(panic) => (Disposition::Panicked, Err(panicked(stage, &*panic))),
        };
        ring.tell(disposition, &result);
        if let Some(code) = disposition.code() {
            span.record("error.type", code.as_str());
        }
        match &result {
            Err(error) if stage == Stage::Authenticate && error.code().http_status() == 401 => {
                ring.leave_unknown(
                    disposition,
                    self.sign_ins.failed(self, &source, door, error),
                );
            }
            _ => ring.leave(disposition),
        }
        log_faults(stage, &result);
        stages::told(stage, door, is_tool, result)
    }
}

/// The span of a call, where traces are sent somewhere. Nothing in it is personal.
fn span_of(call: &Call) -> Span {
    let subject = || call.operation.subject().unwrap_or_default();
    let name = || format!("{} {}", call.operation.method(), subject());
    let parent = || Some(call.trace.as_ref()?.parent.as_ref()?.as_str());
    trace_span!(
        target: TARGET,
        "call",
        otel.name = name().trim_end().chars().take(128).collect::<String>(),
        traceparent = parent(),
        mcp.method.name = call.operation.method(),
        genkan.door = call.door.as_str(),
        genkan.correlation_id = call.correlation_id.as_str(),
        error.type = tracing::field::Empty,
    )
}

/// How a call that was not interrupted ended, in the words of its record.
fn disposition(stage: Stage, result: &Result<Outcome>) -> Disposition {
    match result {
        Ok(Outcome::Tool(output)) if output.is_error => Disposition::Failed(Code::ToolFailed),
        Ok(Outcome::InputRequired(_)) => Disposition::InputRequired,
        Ok(_) => Disposition::Ok,
        Err(error) => match error.code() {
            Code::DeadlineExceeded => Disposition::TimedOut,
            Code::Cancelled => Disposition::Cancelled,
            code if stage < Stage::Run => Disposition::Refused(code),
            code => Disposition::Failed(code),
        },
    }
}

fn panicked(stage: Stage, panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    Error::internal(format!(
        "panic at stage {}: {}",
        stage.as_str(),
        text.unwrap_or("no message")
    ))
}

fn log_faults(stage: Stage, result: &Result<Outcome>) {
    if let Err(error) = result
        && error.code() == Code::Internal
    {
        error!(
            stage = stage.as_str(),
            "a call failed by a fault of the house: {error:?}"
        );
    }
}
