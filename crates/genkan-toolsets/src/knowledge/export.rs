//! `knowledge_export`: the entries of a scope with everything that their authors gave them, page by
//! page.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{
    Store, TenantTx,
    knowledge::{Leaving, Scope},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    existing, name::ScopeName, resources::address::is_id, resources::find_scope,
    task_size::TaskSize,
};
use crate::typed::{About, TypedTool};

/// How many characters of contents a page holds. In JSON even the most awkward text stays below the
/// usual bound of an answer.
const CHARACTERS: i64 = 100_000;
/// How many entries a page holds.
const ENTRIES: usize = 500;

/// Exports a scope.
pub(super) struct Export(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// namespace:scope
    scope: String,
    /// From the page before
    #[serde(default)]
    #[schemars(with = "String")]
    cursor: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    scope: String,
    entries: Vec<Exported>,
    /// Where the next page begins, if there is one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    next: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Exported {
    id: String,
    context: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "TaskSize")]
    task_size: Option<TaskSize>,
    /// The entry that it lost a conflict against
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    suppressed_by: Option<String>,
    content: String,
    /// Whether the first entry of the next page goes on with this content
    continues: bool,
}

/// The last entry of the page before, and how much of the next one was on it.
struct Cursor {
    suppressed: i64,
    id: String,
    characters: i64,
}

#[async_trait]
impl TypedTool for Export {
    const ABOUT: About = About {
        name: "knowledge_export",
        title: "Export a knowledge scope",
        description: "Gives the entries of a scope, without what it inherits, page by page, as knowledge_import \
                      takes them.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let name = ScopeName::parse("scope", &arguments.scope)?;
        let cursor = Cursor::parse(arguments.cursor.as_deref().unwrap_or("0::0"))?;
        let mut tx = self.0.read(ctx.tenant()).await?;
        let scope = match find_scope(&mut tx, &name).await? {
            Some(scope) => scope,
            None => return Err(existing::no_scope(&mut tx, "scope", &name).await?.into()),
        };
        Ok(page(&mut tx, &scope, cursor).await?)
    }
}

async fn page(tx: &mut TenantTx, scope: &Scope, mut cursor: Cursor) -> Result<Answer> {
    let mut answer = Answer {
        scope: scope.full_name(),
        entries: Vec::new(),
        next: None,
    };
    let mut room = CHARACTERS;
    while room > 0 && answer.entries.len() < ENTRIES {
        let after = (cursor.suppressed, cursor.id.as_str());
        let part = (cursor.characters + 1, room);
        let Some(entry) = tx.knowledge_next_leaving(&scope.id, after, part).await? else {
            return Ok(answer);
        };
        let end = cursor.characters + part.1;
        let continues = end < entry.characters;
        room -= i64::try_from(entry.content.chars().count()).unwrap_or(room);
        cursor = match continues {
            true => Cursor {
                characters: end,
                ..cursor
            },
            false => Cursor {
                suppressed: entry.suppressed,
                id: entry.id.clone(),
                characters: 0,
            },
        };
        answer.entries.push(Exported::new(entry, continues));
    }
    answer.next = Some(cursor.to_text());
    Ok(answer)
}

impl Exported {
    fn new(entry: Leaving, continues: bool) -> Self {
        let Leaving {
            id,
            task_size,
            active,
            context,
            content,
            ..
        } = entry;
        Self {
            id,
            context,
            task_size: task_size.and_then(TaskSize::from_stored),
            suppressed_by: Some(active).filter(|active| !active.is_empty()),
            content,
            continues,
        }
    }
}

impl Cursor {
    fn parse(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let wrong = || {
            Error::new(
                Code::InvalidCursor,
                "`cursor` is not one that an export gave",
            )
        };
        let [suppressed, id, characters] = parts[..] else {
            return Err(wrong());
        };
        let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number >= 0);
        match (number(suppressed), number(characters)) {
            (Some(suppressed), Some(characters)) if id.is_empty() || is_id(id) => Ok(Self {
                suppressed,
                id: id.to_owned(),
                characters,
            }),
            _ => Err(wrong()),
        }
    }

    fn to_text(&self) -> String {
        format!("{}:{}:{}", self.suppressed, self.id, self.characters)
    }
}
