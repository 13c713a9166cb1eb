//! The team's chat with fifty clients that mix its tools: what Genkan adds to a Zulip that answers at
//! once.
//!
//! Zulip is played in this process. What it takes, and the way there and back, is in the figures too, so
//! Genkan's own share is less than they say.

use std::{sync::mpsc::sync_channel, time::Duration};

use anyhow::{Context, Result};
use genkan_testkit::zulip::{Options, Zulip};

use crate::{
    figures::percentile_ms,
    load::{self, Load, Pace, WhenShed},
    message::{Ask, Era},
    run::{Bench, count},
    subject::{self, Running, Subject},
    template::Template,
};

/// The name of the case, and the begin of the names of its figures.
pub const NAME: &str = "chat";
/// How many clients.
const CLIENTS: usize = 50;
/// How many calls a second they make together where they do not wait for each other: four each.
const STEADY: f64 = 200.0;
/// How long each part takes.
const TIME: Duration = Duration::from_secs(5);

/// The mean where all ask as fast as they are answered.
pub const MEAN: &str = "mean, as fast as they are answered";
/// The slowest twentieth at a steady pace.
pub const P95: &str = "p95 at 200 calls/s, Zulip's share included";
/// Answers that were no results.
pub const ERRORS: &str = "answers that were no results";

/// The tools in turn: one call in six sends, two are answered from lists that are kept.
const MIXED: [(&str, &str); 6] = [
    ("zulip_get_message", r#"{"message_id":{id}}"#),
    ("zulip_get_messages", r#"{"channel":"general","limit":10}"#),
    ("zulip_get_channels", "{}"),
    (
        "zulip_send_message",
        r#"{"type":"channel","to":"general","topic":"bench","content":"message {n}"}"#,
    ),
    ("zulip_resolve_user", r#"{"name":"hamlet"}"#),
    ("zulip_search_messages", r#"{"query":"upgrade","limit":5}"#),
];

/// The name of a figure in the report.
pub fn name(subject: Subject, what: &str) -> String {
    format!("{}: {NAME} with {CLIENTS} clients: {what}", subject.name())
}

/// Measures both databases' servers in turn.
pub async fn measure(bench: &mut Bench) {
    eprintln!(
        "==> {NAME}: {CLIENTS} clients mix the tools of the chat, beside a Zulip that answers at once"
    );
    for subject in [Subject::Sqlite, Subject::Postgres] {
        if !bench.wants(subject) {
            continue;
        }
        if let Err(error) = mixed(bench, subject).await {
            let text = format!("{} is left out of `{NAME}`: {error:#}", subject.name());
            bench.findings.skip(&text);
        }
    }
}

async fn mixed(bench: &mut Bench, subject: Subject) -> Result<()> {
    let scratch = bench.scratch.join(NAME);
    let played = play()?;
    let variables = &played.variables;
    let running = subject::start_with(subject, &bench.programs, &scratch, 0, variables).await?;
    let fast = ask(&running, &played, Pace::Closed).await?;
    let steady = ask(&running, &played, Pace::Open(STEADY)).await?;
    let sum: f64 = fast.latencies_us.iter().map(|us| f64::from(*us)).sum();
    let mean = sum / 1_000.0 / count(fast.latencies_us.len().max(1));
    let mut latencies = steady.latencies_us;
    latencies.sort_unstable();
    #[allow(clippy::cast_precision_loss, reason = "counts of one run")]
    let figures = [
        (
            "calls, as fast as they are answered",
            fast.answers as f64 / fast.elapsed.as_secs_f64(),
            "calls/s",
        ),
        (MEAN, mean, "ms"),
        (
            "p50 at 200 calls/s, Zulip's share included",
            percentile_ms(&latencies, 0.5),
            "ms",
        ),
        (P95, percentile_ms(&latencies, 0.95), "ms"),
        (ERRORS, (fast.errors + steady.errors) as f64, ""),
    ];
    for (what, value, unit) in figures {
        eprintln!("            {}: {what}: {value:.1} {unit}", subject.name());
        bench.findings.note(name(subject, what), value, unit);
    }
    if let Some(error) = fast.first_error.or(steady.first_error) {
        bench.findings.skip(&error);
    }
    Ok(())
}

async fn ask(running: &Running, played: &Played, pace: Pace) -> Result<load::Taken> {
    let template = |place: usize| {
        let (tool, arguments) = MIXED[place % MIXED.len()];
        let ask = Ask::Call {
            tool: tool.to_owned(),
            arguments: arguments.replace("{id}", &played.message.to_string()),
        };
        Template::new(&ask, Era::Modern, running.path(), &running.credentials())
    };
    // Each begins with another tool, so that all are asked at any time.
    let of_client = |client: usize| (client..client + MIXED.len()).map(template).collect();
    let load = Load {
        address: running.server.address,
        templates: (0..CLIENTS).map(of_client).collect(),
        pace,
        warm_up: Duration::from_secs(1),
        time: TIME,
        when_shed: WhenShed::Fail,
    };
    load::run(&load, || {}).await
}

/// A Zulip that is played.
struct Played {
    /// What Genkan has to know of it.
    variables: [(&'static str, String); 4],
    /// A message that is there.
    message: u64,
}

/// Plays a Zulip without a limit, on a thread of its own.
fn play() -> Result<Played> {
    let (tell, told) = sync_channel(1);
    std::thread::Builder::new()
        .name("zulip".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let zulip = Zulip::start_with(Options {
                    limit: u32::MAX,
                    window: Duration::from_secs(1),
                    ..Options::default()
                })
                .await;
                let user = zulip.user("hamlet");
                let variables = [
                    ("ZULIP_SITE", zulip.site.clone()),
                    ("ZULIP_EMAIL", user.email),
                    ("ZULIP_API_KEY", user.key),
                    ("GENKAN_HTTP__ALLOW_NETWORKS", "127.0.0.1".to_owned()),
                ];
                let message = zulip.fill("general", "bench", 10)[0];
                let _ = tell.send(Played { variables, message });
                std::future::pending::<()>().await;
            });
            std::io::Result::Ok(())
        })?;
    told.recv().context("the played Zulip did not start")
}
