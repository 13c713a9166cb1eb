//! The fixtures as one toolset.

use std::sync::Arc;

use genkan_core::{Prompt, Resources, Skills, Tool, Toolset};

use super::{
    asking, content, fixture::Fixture, prompts, resources::ResourceFixtures, rounds, schemas,
    skills::SkillFixtures, tasks, telling,
};

/// Everything that the suite calls.
pub struct ConformanceToolset;

impl Toolset for ConformanceToolset {
    fn name(&self) -> &str {
        "conformance"
    }

    /// The suite has named its fixtures, some of them with a single word.
    fn prefix(&self) -> String {
        String::new()
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let groups = [
            content::all(),
            schemas::all(),
            telling::all(),
            asking::all(),
            rounds::all(),
            tasks::all(),
        ];
        groups.into_iter().flatten().map(Fixture::tool).collect()
    }

    fn prompts(&self) -> Vec<Arc<dyn Prompt>> {
        prompts::all()
    }

    fn resources(&self) -> Option<Arc<dyn Resources>> {
        Some(Arc::new(ResourceFixtures))
    }

    fn skills(&self) -> Option<Arc<dyn Skills>> {
        Some(Arc::new(SkillFixtures))
    }

    fn logs(&self) -> bool {
        true
    }
}
