//! `knowledge_list_synonyms`: which words search takes for each other.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::synonyms::{self, Holds};
use crate::typed::{About, TypedTool};

/// Lists synonyms.
pub(super) struct ListSynonyms(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Everything for this word, built-in ones included
    #[serde(default)]
    #[schemars(with = "String")]
    word: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    synonyms: Vec<Holds>,
}

#[async_trait]
impl TypedTool for ListSynonyms {
    const ABOUT: About = About {
        name: "knowledge_list_synonyms",
        title: "List synonyms of search",
        description: "Lists the words that search takes for each other: the team's own changes, or everything for one word.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let word = arguments
            .word
            .map(|text| synonyms::word("word", &text))
            .transpose()?;
        let mut tx = self.0.read(ctx.tenant()).await?;
        let synonyms = match word {
            Some(word) => vec![synonyms::holds(&mut tx, &word).await?],
            None => changes(&mut tx).await?,
        };
        Ok(Answer { synonyms })
    }
}

/// What the tenant changed, by word.
async fn changes(tx: &mut TenantTx) -> Result<Vec<Holds>> {
    let mut changes: Vec<Holds> = Vec::new();
    let mut last = String::new();
    for pair in tx.knowledge_synonyms().await? {
        if changes.is_empty() || last != pair.word_key {
            last = pair.word_key;
            changes.push(Holds {
                word: pair.word,
                synonyms: Vec::new(),
                removed: Vec::new(),
            });
        }
        if let Some(holds) = changes.last_mut() {
            let list = match pair.active {
                0 => &mut holds.removed,
                _ => &mut holds.synonyms,
            };
            list.push(pair.synonym);
        }
    }
    Ok(changes)
}
