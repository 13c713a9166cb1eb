//! Knowledge as skills: one that says how to use it, and one for each scope that has entries.
//!
//! Everything in them is made from the present state, and so are the digests. A client that reads
//! later than it listed may find another text, sees that by the digest, and asks anew.

mod guide;
mod scope_skill;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Permission, Result, Skills,
    permission::Action,
    skill::{Skill, SkillPage},
};
use genkan_store::{Store, TenantTx, knowledge::Scope};

use self::scope_skill::Place;
use super::resources::entry_page::MARKDOWN;

/// A page ends when its skills have so many bytes, since each is read to find its digest.
const PAGE_BYTES: u64 = 16 * 1024 * 1024;
/// A page has at most so many skills.
const PAGE: usize = 100;

/// The skills of this toolset.
pub(super) struct KnowledgeSkills(pub(super) Store);

/// Whether a URI lies in one of the skills, if it exists at all.
pub(super) fn owns(uri: &str) -> bool {
    uri.starts_with(scope_skill::ROOT) || guide::owns(uri)
}

/// The file of a skill with this URI, and its media type.
pub(super) async fn read(tx: &mut TenantTx, uri: &str) -> Result<Option<(String, &'static str)>> {
    let text = match guide::owns(uri) {
        true => guide::read(uri),
        false => match Place::parse(uri) {
            Some(place) => scope_skill::read(tx, &place).await?,
            None => None,
        },
    };
    Ok(text.map(|text| (text, MARKDOWN)))
}

#[async_trait]
impl Skills for KnowledgeSkills {
    fn permission(&self) -> Permission {
        Permission::new("knowledge", Action::Read)
    }

    fn owns(&self, uri: &str) -> bool {
        owns(uri)
    }

    async fn list(&self, ctx: &CallContext, cursor: Option<&str>) -> Result<SkillPage> {
        let mut tx = self.0.read(ctx.tenant()).await?;
        let mut scopes = with_entries(&mut tx).await?;
        let mut page = SkillPage::default();
        match cursor {
            None => page.skills.push(guide::skill()?),
            Some(name) if name.contains(':') => scopes.retain(|(known, _)| known.as_str() > name),
            Some(_) => {
                return Err(Error::new(
                    Code::InvalidCursor,
                    "the cursor is not one that this list gave",
                ));
            }
        }
        let mut bytes = 0;
        let mut last: Option<String> = None;
        for (name, scope) in scopes {
            if page.skills.len() >= PAGE || bytes >= PAGE_BYTES {
                page.next = last;
                break;
            }
            if let Some(skill) = scope_skill::skill(&mut tx, &scope).await? {
                bytes += skill.size_bytes();
                page.skills.push(skill);
            }
            last = Some(name);
        }
        Ok(page)
    }

    async fn find(&self, ctx: &CallContext, uri: &str) -> Result<Option<Skill>> {
        if guide::owns(uri) {
            return guide::skill().map(Some);
        }
        let Some(place) = Place::parse(uri) else {
            return Ok(None);
        };
        let mut tx = self.0.read(ctx.tenant()).await?;
        match place.scope(&mut tx).await? {
            Some(scope) => scope_skill::skill(&mut tx, &scope).await,
            None => Ok(None),
        }
    }
}

/// The scopes that have entries, by complete name.
async fn with_entries(tx: &mut TenantTx) -> Result<Vec<(String, Scope)>> {
    let counts = tx.knowledge_scope_counts().await?;
    let has_entries = |scope: &Scope| {
        let mut counts = counts.iter();
        counts.any(|count| count.scope == scope.id && count.entries > 0)
    };
    let scopes = tx.knowledge_scopes().await?;
    let mut scopes: Vec<(String, Scope)> = scopes
        .into_iter()
        .filter(has_entries)
        .map(|scope| (scope.full_name(), scope))
        .collect();
    scopes.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(scopes)
}
