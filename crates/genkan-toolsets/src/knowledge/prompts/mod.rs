//! Prompts that begin a piece of work with what the team knows, written from the present state of a
//! scope: what it holds and inherits, what it is about, and what contradicts itself there.
//!
//! One file per prompt, one line per prompt in [`all`].

mod lesson;
mod onboarding;
mod research;
mod settle_conflicts;
mod state;
mod teach;

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Permission, Prompt, PromptDefinition, Result, Stop,
    completion::{Argument, Completion},
    id::PromptName,
    permission::Action,
    prompt::{Messages, PromptArgument},
};
use genkan_store::Store;
use serde_json::{Map, Value};

use self::state::State;
use super::{complete, name::ScopeName};

/// How much of what a person typed is repeated, in characters.
const REPEATED: usize = 4_000;

/// What a prompt is.
struct About {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    /// Name, description, and whether it must be given; `scope` comes before them.
    arguments: &'static [(&'static str, &'static str, bool)],
    write: fn(&State, &Given<'_>) -> String,
}

/// What a person gave.
struct Given<'a>(&'a Map<String, Value>);

impl Given<'_> {
    /// The text of an argument; empty where it was left out.
    fn text(&self, name: &str) -> String {
        let text = self.0.get(name).and_then(Value::as_str).unwrap_or_default();
        text.trim().chars().take(REPEATED).collect()
    }
}

/// Every prompt of the toolset.
pub(super) fn all(store: &Store) -> Vec<Arc<dyn Prompt>> {
    let abouts = [
        &research::ABOUT,
        &teach::ABOUT,
        &lesson::ABOUT,
        &settle_conflicts::ABOUT,
        &onboarding::ABOUT,
    ];
    let prompt = |about| -> Arc<dyn Prompt> {
        let store = store.clone();
        Arc::new(ScopePrompt { about, store })
    };
    abouts.into_iter().map(prompt).collect()
}

/// A prompt about a scope.
struct ScopePrompt {
    about: &'static About,
    store: Store,
}

#[async_trait]
impl Prompt for ScopePrompt {
    fn definition(&self) -> PromptDefinition {
        let scope = (
            "scope",
            "namespace:scope of the project, such as global:default",
            true,
        );
        let arguments = [scope]
            .into_iter()
            .chain(self.about.arguments.iter().copied());
        let argument = |(name, description, required): (&str, &str, bool)| PromptArgument {
            name: name.to_owned(),
            title: None,
            description: Some(description.to_owned()),
            required,
        };
        PromptDefinition {
            name: PromptName::parse(self.about.name)
                .expect("BUG: a prompt's name is a constant that fits its rule"),
            title: Some(self.about.title.to_owned()),
            description: Some(self.about.description.to_owned()),
            arguments: arguments.map(argument).collect(),
            asks: false,
            permission: Permission::new("knowledge", Action::Read),
            more: Map::new(),
        }
    }

    async fn get(
        &self,
        ctx: &CallContext,
        arguments: Map<String, Value>,
    ) -> Result<Messages, Stop> {
        let given = Given(&arguments);
        let name = ScopeName::parse("scope", &given.text("scope"))?;
        let mut tx = self.store.read(ctx.tenant()).await?;
        let state = State::read(&mut tx, &name).await?;
        let text = (self.about.write)(&state, &given);
        Ok(Messages {
            description: Some(format!("{} ({name})", self.about.title)),
            ..Messages::text(text)
        })
    }

    async fn complete(&self, ctx: &CallContext, argument: &Argument) -> Result<Completion> {
        let mut tx = self.store.read(ctx.tenant()).await?;
        complete::of_prompt(&mut tx, argument).await
    }
}
