//! What the doctor found, and how it is told.

use genkan_core::{Error, Result};
use serde::Serialize;
use serde_json::{Value, json};

use crate::output;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// As it should be.
    Ok,
    /// Works, and somebody should know.
    Note,
    /// Something does not work.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc: Option<String>,
}

/// Everything that was found, in the order of looking.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Finding>);

impl Report {
    /// All is well with it.
    pub(super) fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.add(check, State::Ok, message.into(), None);
    }

    /// It works, but.
    pub(super) fn note(
        &mut self,
        check: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(check, State::Note, message.into(), Some(hint.into()));
    }

    /// It does not work.
    pub(super) fn problem(&mut self, check: &'static str, error: &Error) {
        let (message, hint) = (error.message().to_owned(), error.hint_text().to_owned());
        let finding = self.add(check, State::Problem, message, Some(hint));
        finding.code = Some(error.code().as_str());
        finding.doc = Some(error.code().doc());
    }

    /// The value, or a problem.
    pub(super) fn take<T>(&mut self, check: &'static str, result: Result<T>) -> Option<T> {
        result.inspect_err(|error| self.problem(check, error)).ok()
    }

    /// Whether nothing is broken.
    pub(super) fn is_healthy(&self) -> bool {
        self.0.iter().all(|finding| finding.state != State::Problem)
    }

    /// For programs.
    pub(super) fn as_json(&self) -> Value {
        json!({ "healthy": self.is_healthy(), "findings": self.0 })
    }

    /// For people: what is broken last, where they look.
    pub(super) fn as_text(&self) -> String {
        let mut rows = Vec::new();
        for state in [State::Ok, State::Note, State::Problem] {
            for finding in self.0.iter().filter(|finding| finding.state == state) {
                rows.extend(finding.rows());
            }
        }
        let end = if self.is_healthy() {
            "Nothing is broken."
        } else {
            "Something is broken; the lines with an arrow say what to do."
        };
        format!("{}\n\n{end}", output::columns(&rows))
    }

    fn add(
        &mut self,
        check: &'static str,
        state: State,
        message: String,
        hint: Option<String>,
    ) -> &mut Finding {
        self.0.push(Finding {
            check,
            state,
            message,
            hint,
            code: None,
            doc: None,
        });
        self.0.last_mut().expect("BUG: it was pushed just now")
    }
}

impl Finding {
    fn rows(&self) -> Vec<Vec<String>> {
        let word = match self.state {
            State::Ok => "ok",
            State::Note => "note",
            State::Problem => "PROBLEM",
        };
        let code = self.code.map(|code| format!(" ({code})"));
        let text = format!("{}{}", self.message, code.unwrap_or_default());
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default().to_owned();
        let mut rows = vec![vec![word.to_owned(), self.check.to_owned(), first]];
        let below = |line: String| vec![String::new(), String::new(), line];
        rows.extend(lines.map(|line| below(line.to_owned())));
        let arrow = |hint: &String| {
            let mut lines = hint.lines();
            let first = lines.next().map(|line| below(format!("→ {line}")));
            let rest: Vec<_> = lines.map(|line| below(format!("  {line}"))).collect();
            first.into_iter().chain(rest)
        };
        rows.extend(self.hint.iter().flat_map(arrow));
        rows
    }
}
