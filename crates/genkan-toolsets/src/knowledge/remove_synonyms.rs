//! `knowledge_remove_synonyms`: words that search no longer takes for each other.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    culprit::quoted,
    synonyms::{self, Holds, Wanted, directions},
    write::write,
};
use crate::typed::{About, TypedTool};

/// Removes synonyms, those of the house too.
pub(super) struct RemoveSynonyms(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    word: String,
    /// What no longer means the same
    synonyms: Vec<String>,
}

#[async_trait]
impl TypedTool for RemoveSynonyms {
    const ABOUT: About = About {
        name: "knowledge_remove_synonyms",
        title: "Remove synonyms from search",
        description: "Tells search that a word and others no longer mean the same; built-in ones can be removed too. Holds at once.",
        effect: Effect::Changes,
        idempotent: false,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Holds;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Holds, Stop> {
        let old = Wanted::read(ctx, &arguments.word, &arguments.synonyms)?;
        let holds = write(&self.0, ctx, old, |tx, old, now| {
            Box::pin(remove(tx, old, now))
        })
        .await?;
        Ok(holds)
    }
}

async fn remove(tx: &mut TenantTx, old: Arc<Wanted>, now: Timestamp) -> Result<Holds> {
    let known = tx.knowledge_synonyms_of(&[&old.word.key]).await?;
    for (place, synonym) in old.synonyms.iter().enumerate() {
        let own = known.iter().find(|pair| pair.synonym_key == synonym.key);
        let built_in = synonyms::is_built_in(&old.word, synonym);
        if !own.map_or(built_in, |pair| pair.active != 0) {
            let message = format!(
                "`synonyms[{place}]`: {} is no synonym of {}",
                quoted(&synonym.shown),
                quoted(&old.word.shown)
            );
            return Err(Error::new(Code::NoSuchItem, message)
                .hint("See what is with `knowledge_list_synonyms`."));
        }
        for pair in directions(&old.word, synonym, false) {
            if built_in {
                let changed = old.changed(now);
                tx.knowledge_set_synonym(&pair, changed).await?;
            } else {
                tx.knowledge_delete_synonym(&pair.word_key, &pair.synonym_key)
                    .await?;
            }
        }
    }
    synonyms::holds(tx, &old.word).await
}
