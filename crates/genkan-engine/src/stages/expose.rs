//! Expose: what the profile selects, the role allows and no admin switched off exists; nothing else
//! does.
//!
//! A tool that the role may not use is answered like one that is not there, so that nobody learns
//! of tools by asking. The same holds for prompts and resources.

use std::{collections::HashMap, sync::Arc};

use genkan_core::{
    Code, Error, Operation, Outcome, Principal, Result, Revision,
    call::{CompleteCall, PromptCall, Reference, ResourceCall, ToolCall},
    id::{IdempotencyKey, ProfileName},
    resource,
    subscription::{Interest, Subscription},
    task::TaskCall,
};
use serde_json::{Map, Value};

use super::{query::Query, target::Target};
use crate::{
    Engine,
    catalog::{SkillSource, View, mirrored},
    switches::Disabled,
};

/// What exists for this caller at this endpoint.
pub(super) struct Exposed<'e> {
    engine: &'e Engine,
    view: &'e View,
    disabled: Arc<Disabled>,
}

/// What was asked for, found.
pub(super) enum Found {
    /// There is nothing to run.
    Answer(Outcome),
    /// Something is wanted of a task.
    Task(TaskCall),
    /// A toolset must be asked.
    Query(Query),
    /// Something is called, read or written.
    Asked(Asked),
}

/// A call that is recorded, with what came along.
pub(super) struct Asked {
    pub(super) target: Target,
    /// Of a resource: none.
    pub(super) arguments: Map<String, Value>,
    pub(super) answers: HashMap<String, Value>,
    pub(super) request_state: Option<String>,
    pub(super) idempotency_key: Option<IdempotencyKey>,
}

/// Finds out what exists for the principal.
pub(super) async fn to<'e>(
    engine: &'e Engine,
    profile: &ProfileName,
    principal: &Principal,
) -> Result<Exposed<'e>> {
    let view = engine.catalog.view(profile, principal.role)?;
    let disabled = engine.switches.of(&principal.tenant).await?;
    Ok(Exposed {
        engine,
        view,
        disabled,
    })
}

impl Exposed<'_> {
    /// Finds what the operation asks for.
    pub(super) fn find(
        &self,
        principal: &Arc<Principal>,
        profile: &ProfileName,
        operation: Operation,
    ) -> Result<Found> {
        match operation {
            Operation::CallTool(call) => self.tool(call).map(Found::Asked),
            Operation::ListTools { cursor, revision } => {
                self.tools(principal, profile, revision, cursor.as_deref())
            }
            Operation::GetPrompt(call) => self.prompt(call).map(Found::Asked),
            Operation::ListPrompts { cursor, revision } => {
                let page = self.view.prompt_pages().page(revision, cursor.as_deref())?;
                Ok(Found::Answer(Outcome::List(page)))
            }
            Operation::ReadResource(call) => self.resource(call).map(Found::Asked),
            Operation::ListResources { cursor, revision } => Ok(Found::Query(Query::Resources {
                sources: self.view.sources().to_vec(),
                cursor,
                revision,
            })),
            Operation::ListTemplates { cursor, revision } => {
                let pages = self.view.template_pages();
                let page = pages.page(revision, cursor.as_deref())?;
                Ok(Found::Answer(Outcome::List(page)))
            }
            Operation::ListSkills { cursor } => {
                self.offers_skills(profile)?;
                let sources = self.view.skills().to_vec();
                Ok(Found::Query(Query::Skills { sources, cursor }))
            }
            Operation::GetSkill { uri } => {
                let source = self.skill_source(profile, &uri)?;
                Ok(Found::Query(Query::Skill(source, uri)))
            }
            Operation::ReadDirectory {
                uri,
                cursor,
                revision,
            } => Ok(Found::Query(Query::Directory {
                source: self.skill_source(profile, &uri)?,
                uri,
                cursor,
                revision,
            })),
            Operation::Complete(call) => self.completion(call).map(Found::Query),
            Operation::Task(call) => Ok(Found::Task(call)),
            Operation::Subscribe(wanted) => Ok(Found::Answer(self.subscribe(principal, wanted))),
        }
    }

    fn tools(
        &self,
        principal: &Principal,
        profile: &ProfileName,
        revision: Revision,
        cursor: Option<&str>,
    ) -> Result<Found> {
        let pages = self.engine.switches.list(
            self.view,
            &self.disabled,
            &principal.tenant,
            profile,
            principal.role,
        );
        Ok(Found::Answer(Outcome::List(pages.page(revision, cursor)?)))
    }

    fn tool(&self, call: ToolCall) -> Result<Asked> {
        let name = &*call.name;
        let found = self
            .view
            .tool(name)
            .filter(|_| !self.disabled.contains(name));
        if let (Some(entry), Some(told)) = (found, &call.mirrored) {
            mirrored::check(&entry.mirrored, told, &call.arguments)?;
        }
        match found {
            Some(entry) => Ok(Asked {
                target: Target::Tool(Arc::clone(entry)),
                arguments: call.arguments,
                answers: call.answers,
                request_state: call.request_state,
                idempotency_key: call.idempotency_key,
            }),
            None => Err(unknown(Code::UnknownTool, "tool", name)),
        }
    }

    fn prompt(&self, call: PromptCall) -> Result<Asked> {
        match self.view.prompt(&call.name) {
            Some(entry) => Ok(Asked {
                target: Target::Prompt(Arc::clone(entry)),
                arguments: call.arguments,
                answers: call.answers,
                request_state: call.request_state,
                idempotency_key: None,
            }),
            None => Err(unknown(Code::UnknownPrompt, "prompt", &call.name)),
        }
    }

    fn resource(&self, call: ResourceCall) -> Result<Asked> {
        match self.view.source(&call.uri) {
            Some(source) => Ok(Asked {
                target: Target::Resource(Arc::clone(source), call.uri.into()),
                arguments: Map::new(),
                answers: call.answers,
                request_state: call.request_state,
                idempotency_key: None,
            }),
            None => Err(resource::unknown(&call.uri)),
        }
    }

    /// Where no toolset has skills, there are no such methods: whether there are is no secret, and
    /// discovery tells it.
    fn offers_skills(&self, profile: &ProfileName) -> Result<()> {
        let info = self.engine.catalog.profile(profile);
        match info.is_some_and(|info| info.offers.skills) {
            true => Ok(()),
            false => Err(Error::new(
                Code::MethodNotFound,
                "nothing at this address offers skills",
            )),
        }
    }

    fn skill_source(&self, profile: &ProfileName, uri: &str) -> Result<Arc<SkillSource>> {
        self.offers_skills(profile)?;
        let found = self.view.skill_source(uri);
        found.cloned().ok_or_else(|| resource::unknown(uri))
    }

    fn completion(&self, call: CompleteCall) -> Result<Query> {
        match call.reference {
            Reference::Prompt(name) => match self.view.prompt(&name) {
                Some(entry) => Ok(Query::CompletePrompt(Arc::clone(entry), call.argument)),
                None => Err(unknown(Code::UnknownPrompt, "prompt", &name)),
            },
            Reference::Resource(text) => match self.view.template(&text) {
                Some(entry) => Ok(Query::CompleteTemplate(Arc::clone(entry), call.argument)),
                None => Err(resource::unknown(&text)),
            },
        }
    }

    /// Grants the part of what is wanted that exists here and is announced.
    fn subscribe(&self, principal: &Arc<Principal>, wanted: Interest) -> Outcome {
        let announced = |uri: &str| {
            let source = self.view.source(uri);
            source.is_some_and(|source| source.resources.announces(uri))
        };
        let accepted = Interest {
            tools: wanted.tools,
            prompts: wanted.prompts && !self.view.prompt_pages().is_empty(),
            resources: wanted.resources && !self.view.sources().is_empty(),
            uris: wanted
                .uris
                .into_iter()
                .filter(|uri| announced(uri))
                .collect(),
            // Whose they are is found out by who can ask the store.
            tasks: wanted.tasks,
        };
        Outcome::Subscribed(Box::new(Subscription {
            principal: Arc::clone(principal),
            accepted,
            listener: self.engine.bus.listen(&principal.tenant),
        }))
    }
}

fn unknown(code: Code, kind: &str, name: &str) -> Error {
    let shown = &name[..name.floor_char_boundary(64)];
    let message = format!("there is no {kind} `{}` here", shown.escape_debug());
    Error::new(code, message)
}
