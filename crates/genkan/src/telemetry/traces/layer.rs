//! Hears of spans and stages, and makes spans of a trace of them.
//!
//! A span without a parent here begins a trace, or goes on with the caller's: field `traceparent`.
//! A call tells the stages that it reaches as events; each becomes a span that lasts until the next.

use std::{fmt, sync::Arc, time::Instant};

use genkan_core::{Clock, Random, trace};
use metrics::{Counter, counter};
use tokio::sync::mpsc;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::{
    export::SPANS,
    span::{Finished, SpanId, TraceId, from_hex},
};

/// The listener.
pub(crate) struct TraceLayer {
    out: mpsc::Sender<Finished>,
    random: Arc<dyn Random>,
    time: Time,
    dropped: Counter,
}

/// Wall-clock nanoseconds from one reading and a monotonic clock: spans never end before they begin.
struct Time {
    begun: Instant,
    nanos: u64,
}

impl Time {
    fn at(&self, moment: Instant) -> u64 {
        let since = moment.saturating_duration_since(self.begun).as_nanos();
        self.nanos
            .saturating_add(u64::try_from(since).unwrap_or(u64::MAX))
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "a moment of the process, compared with another one of it only"
    )]
    fn now(&self) -> u64 {
        self.at(Instant::now())
    }
}

/// A span that has not ended.
struct Open {
    trace: TraceId,
    id: SpanId,
    parent: Option<SpanId>,
    /// Whether the caller wants this trace recorded, if it said so.
    is_recorded: bool,
    is_root: bool,
    begun: u64,
    told: Told,
    stage: Option<OpenStage>,
}

struct OpenStage {
    name: String,
    id: SpanId,
    begun: u64,
}

/// What fields say.
#[derive(Default)]
struct Told {
    name: Option<String>,
    traceparent: Option<String>,
    stage: Option<String>,
    is_error: bool,
    attributes: Vec<(&'static str, String)>,
}

impl Told {
    fn take(&mut self, field: &Field, value: String) {
        match field.name() {
            "otel.name" => self.name = Some(value),
            "traceparent" => self.traceparent = Some(value),
            "stage" => self.stage = Some(value),
            name => {
                self.is_error |= name == "error.type";
                self.attributes.push((name, value));
            }
        }
    }
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}"));
    }
}

impl TraceLayer {
    pub(super) fn new(
        out: mpsc::Sender<Finished>,
        clock: &dyn Clock,
        random: Arc<dyn Random>,
    ) -> Self {
        let millis = u64::try_from(clock.now().as_millis()).unwrap_or_default();
        Self {
            out,
            random,
            time: Time {
                begun: clock.monotonic(),
                nanos: millis.saturating_mul(1_000_000),
            },
            dropped: counter!(SPANS, "result" => "dropped"),
        }
    }

    /// Whether a span or an event is one of a trace.
    pub(crate) fn wants(metadata: &Metadata<'_>) -> bool {
        metadata.target() == trace::TARGET
    }

    fn fresh<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// A span that begins a trace here.
    fn root(&self, told: Told) -> Open {
        let parent = told.traceparent.as_deref().map(|text| {
            let trace = text.get(3..35).and_then(from_hex);
            let is_recorded = text
                .get(53..55)
                .and_then(from_hex)
                .is_some_and(|[flags]| flags & 1 == 1);
            (trace, text.get(36..52).and_then(from_hex), is_recorded)
        });
        let (trace, parent, is_recorded) = match parent {
            Some((Some(trace), Some(parent), is_recorded)) => (trace, Some(parent), is_recorded),
            _ => (self.fresh(), None, true),
        };
        self.open(trace, parent, is_recorded, told)
    }

    fn open(&self, trace: TraceId, parent: Option<SpanId>, is_recorded: bool, told: Told) -> Open {
        Open {
            trace,
            id: self.fresh(),
            parent,
            is_recorded,
            is_root: false,
            begun: self.time.now(),
            told,
            stage: None,
        }
    }

    fn finish(&self, open: &mut Open, now: u64) {
        if let Some(stage) = open.stage.take() {
            self.send(Finished {
                trace: open.trace,
                id: stage.id,
                parent: Some(open.id),
                name: stage.name,
                is_server: false,
                begun: stage.begun,
                ended: now,
                attributes: Vec::new(),
                is_error: false,
            });
        }
    }

    fn send(&self, span: Finished) {
        if self.out.try_send(span).is_err() {
            self.dropped.increment(1);
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for TraceLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(id) else { return };
        let mut told = Told::default();
        attributes.record(&mut told);
        let parent = span.parent().and_then(|parent| {
            let extensions = parent.extensions();
            let open = extensions.get::<Open>()?;
            let within = open.stage.as_ref().map_or(open.id, |stage| stage.id);
            Some((open.trace, within, open.is_recorded))
        });
        let open = match parent {
            Some((trace, parent, is_recorded)) => self.open(trace, Some(parent), is_recorded, told),
            // Work of the house itself belongs to no call.
            None if told.name.is_none() => return,
            None => Open {
                is_root: true,
                ..self.root(told)
            },
        };
        span.extensions_mut().insert(open);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        if let Some(span) = ctx.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            values.record(&mut open.told);
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let mut told = Told::default();
        event.record(&mut told);
        let (Some(name), Some(span)) = (told.stage, ctx.event_span(event)) else {
            return;
        };
        if let Some(open) = span.extensions_mut().get_mut::<Open>()
            && open.is_recorded
        {
            let now = self.time.now();
            self.finish(open, now);
            open.stage = Some(OpenStage {
                name,
                id: self.fresh(),
                begun: now,
            });
        }
    }

    fn on_close(&self, id: Id, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(&id) else { return };
        let Some(mut open) = span.extensions_mut().remove::<Open>() else {
            return;
        };
        if !open.is_recorded {
            return;
        }
        let now = self.time.now();
        self.finish(&mut open, now);
        self.send(Finished {
            trace: open.trace,
            id: open.id,
            parent: open.parent,
            name: open.told.name.unwrap_or_else(|| span.name().to_owned()),
            is_server: open.is_root,
            begun: open.begun,
            ended: now,
            attributes: open.told.attributes,
            is_error: open.told.is_error,
        });
    }
}
