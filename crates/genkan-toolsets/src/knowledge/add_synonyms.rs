//! `knowledge_add_synonyms`: words that search takes for each other from now on.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    synonyms::{self, Holds, Wanted, directions},
    write::write,
};
use crate::typed::{About, TypedTool};

/// The most pairs that a tenant may have of its own.
const PAIRS: i64 = 1_000;

/// Adds synonyms.
pub(super) struct AddSynonyms(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// 1-4 words
    word: String,
    /// What means the same
    synonyms: Vec<String>,
}

#[async_trait]
impl TypedTool for AddSynonyms {
    const ABOUT: About = About {
        name: "knowledge_add_synonyms",
        title: "Add synonyms to search",
        description: "Tells search that a word and others mean the same, such as a product and its code name. Holds at once, both ways.",
        effect: Effect::Adds,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Holds;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Holds, Stop> {
        let new = Wanted::read(ctx, &arguments.word, &arguments.synonyms)?;
        let holds = write(&self.0, ctx, new, |tx, new, now| {
            Box::pin(add(tx, new, now))
        })
        .await?;
        Ok(holds)
    }
}

async fn add(tx: &mut TenantTx, new: Arc<Wanted>, now: Timestamp) -> Result<Holds> {
    for synonym in &new.synonyms {
        for pair in directions(&new.word, synonym, true) {
            if synonyms::is_built_in(&new.word, synonym) {
                // It may have been switched off.
                tx.knowledge_delete_synonym(&pair.word_key, &pair.synonym_key)
                    .await?;
            } else {
                let changed = new.changed(now);
                tx.knowledge_set_synonym(&pair, changed).await?;
            }
        }
    }
    if tx.knowledge_count_synonyms().await? > 2 * PAIRS {
        let message = format!("a team may have at most {PAIRS} pairs of synonyms of its own");
        return Err(Error::new(Code::TooLarge, message)
            .hint("Remove some that are no longer needed with `knowledge_remove_synonyms`."));
    }
    synonyms::holds(tx, &new.word).await
}
