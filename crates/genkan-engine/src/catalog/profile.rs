//! Profiles: named selections of the catalog that one endpoint shows. Never a permission.

use std::sync::Arc;

use genkan_core::{Role, Toolset, id::ProfileName, task::TaskSupport};

use super::View;

/// The toolset of administrative acts; shown by the profile of its name alone.
const ADMIN: &str = "admin";

/// What a door may tell of a profile.
#[derive(Clone, Debug)]
pub struct ProfileInfo {
    /// The name.
    pub name: ProfileName,
    /// What a model should know before it uses the tools.
    pub instructions: String,
    /// What there is besides tools.
    pub offers: Offers,
}

/// Which parts of the protocol a profile has a use for. Never who may use them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// There are prompts.
    pub prompts: bool,
    /// There are resources.
    pub resources: bool,
    /// There are skills.
    pub skills: bool,
    /// Something writes to the client's log.
    pub logs: bool,
    /// Calls of some tools may go on as tasks.
    pub tasks: bool,
}

/// A profile with what each role sees through it.
pub(super) struct Profile {
    pub(super) info: ProfileInfo,
    views: [View; Role::ALL.len()],
}

impl Profile {
    pub(super) fn new(info: ProfileInfo, view: impl Fn(Role) -> View) -> Self {
        Self {
            info,
            views: Role::ALL.map(view),
        }
    }

    pub(super) fn view(&self, role: Role) -> &View {
        &self.views[role as usize]
    }
}

/// The profiles that exist without being configured: `default` with every toolset but `admin`, and
/// one for each toolset. Beside each stand the names of the toolsets that it selects.
pub(super) fn builtin(toolsets: &[Arc<dyn Toolset>]) -> Vec<(ProfileInfo, Vec<String>)> {
    let names: Vec<String> = toolsets
        .iter()
        .map(|toolset| toolset.name().to_owned())
        .collect();
    let everyday: Vec<String> = names
        .iter()
        .filter(|name| *name != ADMIN)
        .cloned()
        .collect();
    let mut profiles = vec![(
        info(ProfileName::default_profile(), toolsets, &everyday),
        everyday,
    )];
    for name in names {
        if let Ok(profile) = ProfileName::parse(&name) {
            let selected = vec![name];
            profiles.push((info(profile, toolsets, &selected), selected));
        }
    }
    profiles
}

fn info(name: ProfileName, toolsets: &[Arc<dyn Toolset>], selected: &[String]) -> ProfileInfo {
    let selected: Vec<_> = toolsets
        .iter()
        .filter(|toolset| selected.iter().any(|name| name == toolset.name()))
        .collect();
    let instructions: Vec<_> = selected
        .iter()
        .map(|toolset| toolset.instructions())
        .filter(|text| !text.is_empty())
        .collect();
    ProfileInfo {
        name,
        instructions: instructions.join("\n\n"),
        offers: Offers {
            prompts: selected.iter().any(|toolset| !toolset.prompts().is_empty()),
            resources: selected.iter().any(|toolset| toolset.resources().is_some()),
            skills: selected.iter().any(|toolset| toolset.skills().is_some()),
            logs: selected.iter().any(|toolset| toolset.logs()),
            tasks: selected.iter().any(|toolset| {
                let mut tools = toolset.tools().into_iter();
                tools.any(|tool| tool.definition().task != TaskSupport::Never)
            }),
        },
    }
}
