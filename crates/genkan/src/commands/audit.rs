//! `genkan audit …`: the record of every call, through the tools of toolset `admin`.

use std::{io::Write, path::PathBuf, process::ExitCode};

use genkan_core::Result;
use serde_json::{Number, Value, json};

use crate::{
    commands::text::{When, moment},
    data_folder::unusable,
    house,
    local::{Client, Session, admin_profile},
    output::{self, Output},
    platform::files,
    surroundings::Surroundings,
};

/// Records that one page of an export holds; what the tool gives at most.
const PAGE: u32 = 1_000;

/// Verify, report and export the audit records
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check the chain of records: exit code 1 if one was changed, removed, reordered or cut off
    Verify,
    /// Print the newest records
    Report {
        #[command(flatten)]
        filter: Filter,
        /// How many, 1000 at most
        #[arg(long, value_name = "COUNT", default_value = "50", value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Write all records, oldest first, one JSON object a line
    Export {
        #[command(flatten)]
        filter: Filter,
        /// The file to write, for its owner alone [default: standard output]
        path: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
struct Filter {
    /// Calls that began then or later: 7d (ago) or 2026-11-01T08:30:00Z
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    since: Option<When>,
    /// Calls that began before
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    until: Option<When>,
    /// Calls by this caller: the name of a key, `local`, or an id
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Calls of this tool
    #[arg(long, value_name = "NAME")]
    tool: Option<String>,
    /// Calls that ended so: ok, input_required, refused, failed, panicked, timed_out, cancelled
    #[arg(long, value_name = "WORD")]
    disposition: Option<String>,
    /// What the house recorded itself instead: refused sign-ins, and where they came from
    #[arg(long)]
    house: bool,
}

impl Filter {
    fn arguments(self, order: &str, limit: u32) -> Value {
        let now = house::system().0.now();
        let mut arguments = json!({ "order": order, "limit": limit, "house": self.house });
        let given = [
            (
                "since_ms",
                self.since.map(|when| json!(when.as_millis(now))),
            ),
            (
                "until_ms",
                self.until.map(|when| json!(when.as_millis(now))),
            ),
            ("principal", self.by.map(Value::from)),
            ("tool", self.tool.map(Value::from)),
            ("disposition", self.disposition.map(Value::from)),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                arguments[name] = value;
            }
        }
        arguments
    }
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<ExitCode> {
    match arguments.command {
        Command::Verify => {
            let answer = Session::ask_admin(surroundings, "admin_audit_verify", json!({})).await?;
            Ok(verified(surroundings.output, &answer))
        }
        Command::Report { filter, limit } => {
            let filter = filter.arguments("newest", limit);
            let answer = Session::ask_admin(surroundings, "admin_audit_report", filter).await?;
            surroundings.output.result(&answer, || table(&answer));
            Ok(ExitCode::SUCCESS)
        }
        Command::Export { filter, path } => {
            export(surroundings, filter.arguments("oldest", PAGE), path).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn verified(output: Output, answer: &Value) -> ExitCode {
    let faults: &[Value] = answer
        .get("faults")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice);
    output.result(answer, || {
        let counted = |name: &str, word: &str| {
            let count = answer.get(name).and_then(Value::as_u64).unwrap_or_default();
            format!("{count} {word}{}", if count == 1 { "" } else { "s" })
        };
        let (records, writers) = (counted("records", "record"), counted("writers", "writer"));
        let checked = format!("{records} of {writers} checked.");
        match faults {
            [] => format!("{checked} The chain is whole."),
            faults => {
                let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
                format!("{checked} {} faults:\n{}", faults.len(), lines.join("\n"))
            }
        }
    });
    if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The columns of a report, and the members of a record that they show.
const COLUMNS: [(&str, &str); 10] = [
    ("STARTED", "started_at"),
    ("BY", "name"),
    ("FROM", "source"),
    ("DOOR", "door"),
    ("OPERATION", "operation"),
    ("SUBJECT", "subject"),
    ("TOOK", "duration_us"),
    ("ENDED", "disposition"),
    ("CODE", "code"),
    ("TIMES", "count"),
];

fn table(answer: &Value) -> String {
    let text = |record: &Value, name: &str| match &record[name] {
        Value::String(text) => text.clone(),
        Value::Number(took) if name == "duration_us" => milliseconds(took),
        Value::Number(count) => count.to_string(),
        // Who has no key by now still has an id.
        _ if name == "name" => record["principal"].as_str().unwrap_or("-").to_owned(),
        _ => "-".to_owned(),
    };
    let mut rows = vec![COLUMNS.map(|(title, _)| title.to_owned()).to_vec()];
    rows.extend(
        records(answer)
            .iter()
            .map(|record| COLUMNS.map(|(_, name)| text(record, name)).to_vec()),
    );
    output::columns(&rows)
}

/// Microseconds as people read them.
fn milliseconds(took: &Number) -> String {
    format!("{:.1} ms", took.as_f64().unwrap_or_default() / 1000.0)
}

async fn export(surroundings: &Surroundings, filter: Value, path: Option<PathBuf>) -> Result<()> {
    let mut out: Box<dyn Write> = match &path {
        Some(path) => Box::new(files::create_private(path).map_err(|error| unusable(path, error))?),
        None => Box::new(std::io::stdout()),
    };
    let mut session = Session::open(surroundings, &admin_profile()).await?;
    let exported = pages(session.client(), filter, &mut out).await;
    session.close().await;
    let count = exported?;
    if let Some(path) = path {
        let result = json!({ "path": path, "records": count });
        surroundings.output.result(&result, || {
            format!("{count} records written to {}.", path.display())
        });
    }
    Ok(())
}

async fn pages(client: &mut Client, mut filter: Value, out: &mut dyn Write) -> Result<usize> {
    let mut count = 0;
    loop {
        let page = client.ask("admin_audit_report", filter.clone()).await?;
        for record in records(&page) {
            writeln!(out, "{record}").map_err(|error| unusable("the export".as_ref(), error))?;
            count += 1;
        }
        match page.get("next") {
            Some(next) if !next.is_null() => filter["cursor"] = next.clone(),
            _ => break,
        }
    }
    out.flush()
        .map_err(|error| unusable("the export".as_ref(), error))?;
    Ok(count)
}

fn records(answer: &Value) -> &[Value] {
    answer
        .get("records")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}
