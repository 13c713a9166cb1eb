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

/// What a profile selects of the catalog.
pub(super) struct Selection {
    /// The names of toolsets.
    pub(super) toolsets: Vec<String>,
    /// With the tools that few callers need.
    pub(super) is_full: bool,
}

/// The profiles that exist without being configured: `default` with every toolset but `admin`, one
/// for each toolset, and `<toolset>-full` for each that has tools which few callers need. Beside
/// each stands what it selects.
pub(super) fn builtin(toolsets: &[Arc<dyn Toolset>]) -> Vec<(ProfileInfo, Selection)> {
    let names = toolsets.iter().map(|toolset| toolset.name().to_owned());
    let everyday = names.filter(|name| name != ADMIN).collect();
    let mut profiles = Vec::new();
    let mut add = |name: ProfileName, selected: Vec<String>, is_full| {
        let selection = Selection {
            toolsets: selected,
            is_full,
        };
        profiles.push((info(name, toolsets, &selection), selection));
    };
    add(ProfileName::default_profile(), everyday, false);
    for toolset in toolsets {
        let selected = || vec![toolset.name().to_owned()];
        if let Ok(profile) = ProfileName::parse(toolset.name()) {
            add(profile, selected(), false);
        }
        let has_further = toolset.tools().iter().any(|tool| tool.is_further());
        let full = ProfileName::parse(&format!("{}-full", toolset.name()));
        if let (true, Ok(profile)) = (has_further, full) {
            add(profile, selected(), true);
        }
    }
    profiles
}

fn info(name: ProfileName, toolsets: &[Arc<dyn Toolset>], selection: &Selection) -> ProfileInfo {
    let is_selected = |name: &str| selection.toolsets.iter().any(|one| one == name);
    let selected: Vec<_> = toolsets
        .iter()
        .filter(|toolset| is_selected(toolset.name()))
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
                tools.any(|tool| {
                    (selection.is_full || !tool.is_further())
                        && tool.definition().task != TaskSupport::Never
                })
            }),
        },
    }
}
