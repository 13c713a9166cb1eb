//! The skills of one toolset.

use std::sync::Arc;

use genkan_core::{Permission, Skills, Toolset};

/// Where the skills of a toolset come from.
pub(crate) struct SkillSource {
    pub(crate) toolset: String,
    pub(crate) skills: Arc<dyn Skills>,
    pub(crate) permission: Permission,
}

impl SkillSource {
    pub(crate) fn new(toolset: &dyn Toolset, skills: Arc<dyn Skills>) -> Self {
        Self {
            toolset: toolset.name().to_owned(),
            permission: skills.permission(),
            skills,
        }
    }
}
