//! Why a caller cannot use a tool, by the code that decides calls.

use genkan_core::{Code, Error, Role, id::ProfileName, lifecycle::Lifecycle};
use genkan_engine::{Verdict, Why};

use crate::{
    commands::doctor::finding::Report,
    data_folder::DataFolder,
    house::{Cellar, ForAdmins, House},
    settings::Settings,
};

const CHECK: &str = "access";

/// Who wants to use what.
pub(super) struct Question<'a> {
    /// A key, by its name or id; nobody: the local user.
    pub(super) key: Option<&'a str>,
    /// The tool.
    pub(super) tool: &'a str,
    /// The profile that the caller sees.
    pub(super) profile: &'a ProfileName,
}

impl Question<'_> {
    fn who(&self) -> String {
        match self.key {
            Some(key) => format!("key `{}`", key.escape_debug()),
            None => "the local user".to_owned(),
        }
    }
}

/// Opens the house over the store, asks it, and closes both.
pub(super) async fn explain(
    cellar: Cellar,
    settings: &Settings,
    folder: &DataFolder,
    asked: &Question<'_>,
    report: &mut Report,
) {
    let doors = Lifecycle::new();
    let house = Box::pin(House::over(
        cellar,
        settings,
        folder,
        &doors,
        ForAdmins::default(),
    ))
    .await;
    let Some(house) = report.take(CHECK, house) else {
        return;
    };
    let verdict = house.engine().explain(asked.key, asked.profile, asked.tool);
    match verdict.await {
        Ok(Verdict::Allowed { role }) => {
            let (who, role, tool) = (asked.who(), role.as_str(), asked.tool);
            report.ok(CHECK, format!("{who} ({role}) may use `{tool}`"));
        }
        Ok(Verdict::Refused { error, why }) => report.problem(CHECK, &told(asked, &error, &why)),
        Err(error) => report.problem(CHECK, &error),
    }
    doors.stop(std::time::Duration::from_secs(5)).await;
    house.close().await;
}

/// The refusal, with what its caller was not told.
fn told(asked: &Question<'_>, error: &Error, why: &Why) -> Error {
    let (who, tool, profile) = (asked.who(), asked.tool, asked.profile.as_str());
    let tool = tool.escape_debug();
    let (message, hint) = match why {
        Why::Caller => (error.message().to_owned(), error.hint_text().to_owned()),
        Why::NoProfile(profiles) => (
            format!("there is no profile `{profile}`"),
            format!("Profiles are {}.", profiles.join(", ")),
        ),
        Why::NoTool(tools) => (
            format!("no toolset has a tool `{tool}`"),
            match nearest(asked.tool, tools) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "See `genkan tools list`.".to_owned(),
            },
        ),
        Why::NotInProfile(profiles) => (
            format!("profile `{profile}` does not show `{tool}`"),
            format!(
                "These do: {}. The address is /mcp/<profile>.",
                profiles.join(", ")
            ),
        ),
        Why::SwitchedOff => (
            format!("an admin switched `{tool}` off"),
            format!("genkan tools call --profile admin admin_tool_enable tool={tool}"),
        ),
        Why::Role { has, needs, roles } => (
            format!(
                "{who} has role {}, which lacks the permission `{needs}`",
                has.as_str()
            ),
            format!(
                "Give out a key with a role that has it: {}.",
                roles
                    .iter()
                    .map(|role: &Role| role.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        ),
    };
    let code: Code = error.code();
    Error::new(code, format!("{who} may not use `{tool}`: {message}")).hint(hint)
}

fn nearest<'a>(wanted: &str, tools: &'a [String]) -> Option<&'a String> {
    let distance = |tool: &&String| strsim::levenshtein(wanted, tool);
    let near = tools.iter().min_by_key(distance)?;
    (distance(&near) <= 1 + wanted.chars().count() / 3).then_some(near)
}
