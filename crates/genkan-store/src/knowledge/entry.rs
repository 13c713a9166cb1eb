//! The table `knowledge_entry`. Whatever adds, changes, hides or removes an entry also counts its
//! terms, so that the statistics always are those of the entries that can be found.

use genkan_core::{Error, Result, Timestamp};

use super::{
    index::{Counted, Sign},
    noted::Touched,
};
use crate::{
    TenantTx,
    db::{execute, fetch_all, fetch_one, fetch_optional, row},
};

/// What the index keeps of an entry. The store reads nothing into it but the spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The distinct terms in the order of their bytes, separated by spaces.
    pub terms: String,
    /// How often each stands in the entry, separated by spaces.
    pub frequencies: String,
    /// The number of words in the context.
    pub context_length: u32,
    /// The number of words in the content.
    pub content_length: u32,
}

/// What an entry is made or changed to.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// The id.
    pub id: String,
    /// The knowledge.
    pub content: String,
    /// The author's keywords, separated by spaces.
    pub context: String,
    /// For which size of tasks it is, 1–5; `None` for all.
    pub task_size: Option<i64>,
    /// What the index keeps.
    pub profile: Profile,
}

row! {
    /// An entry without its text.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Entry {
        /// The id.
        pub id: String,
        /// The id of its scope.
        pub scope: String,
        /// For which size of tasks it is, 1–5.
        pub task_size: Option<i64>,
        /// 1 if it lost a conflict.
        pub suppressed: i64,
    }
}

row! {
    /// The text of an entry.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EntryText {
        /// The author's keywords, separated by spaces.
        pub context: String,
        /// The knowledge.
        pub content: String,
    }
}

row! {
    /// The content of one of several entries.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Content {
        /// The entry.
        pub id: String,
        /// The author's keywords, separated by spaces.
        pub context: String,
        /// Its content, or the beginning of it.
        pub content: String,
    }
}

impl TenantTx {
    /// The entry with this id, without its text.
    pub async fn knowledge_find_entry(&mut self, id: &str) -> Result<Option<Entry>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT id, scope, task_size, suppressed FROM knowledge_entry WHERE tenant = $1 AND id = $2";
        Ok(fetch_optional!(self, sql, tenant.as_str(), id)?)
    }

    /// The text of an entry that exists.
    pub async fn knowledge_get_entry_text(&mut self, id: &str) -> Result<EntryText> {
        let tenant = self.tenant().clone();
        let sql = "SELECT context, content FROM knowledge_entry WHERE tenant = $1 AND id = $2";
        Ok(fetch_one!(self, sql, tenant.as_str(), id)?)
    }

    /// The first `characters` of the contents of these entries, in no order.
    pub async fn knowledge_contents(
        &mut self,
        ids: &[&str],
        characters: i64,
    ) -> Result<Vec<Content>> {
        let tenant = self.tenant().clone();
        let ids = serde_json::to_string(ids).map_err(Error::internal)?;
        let sql = format!(
            "SELECT id, context, substr(content, 1, CAST($3 AS INTEGER)) AS content FROM knowledge_entry \
             WHERE tenant = $1 AND {}",
            self.dialect().among("id", 2)
        );
        Ok(fetch_all!(
            self,
            sqlx::AssertSqlSafe(sql),
            tenant.as_str(),
            ids.as_str(),
            characters
        )?)
    }

    /// Changes an entry as a whole, its scope included. One that is suppressed stays so.
    pub async fn knowledge_update_entry(
        &mut self,
        entry: &NewEntry,
        scope: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.knowledge_replace(&entry.id, scope, now).await?;
        self.knowledge_count(Sign::Remove, Counted::Entry(&entry.id))
            .await?;
        let sql = "UPDATE knowledge_entry SET scope = $3, task_size = $4, updated = $5, context_length = $6, \
                   content_length = $7, context = $8, frequencies = $9, terms = $10, content = $11 \
                   WHERE tenant = $1 AND id = $2";
        let tenant = self.tenant().clone();
        execute!(
            self,
            sql,
            tenant.as_str(),
            entry.id.as_str(),
            scope,
            entry.task_size,
            now.as_millis(),
            i64::from(entry.profile.context_length),
            i64::from(entry.profile.content_length),
            entry.context.as_str(),
            entry.profile.frequencies.as_str(),
            entry.profile.terms.as_str(),
            entry.content.as_str(),
        )?;
        self.knowledge_count(Sign::Add, Counted::Entry(&entry.id))
            .await
    }

    /// Remembers an entry before a change that leaves it in this scope, and notes what is touched.
    async fn knowledge_replace(&mut self, id: &str, scope: &str, now: Timestamp) -> Result<()> {
        self.knowledge_remember(id, now).await?;
        match self.knowledge_find_entry(id).await? {
            Some(before) if before.scope != scope => {
                self.knowledge_touch(listed(&before.scope, id));
                self.knowledge_touch(listed(scope, id));
            }
            _ => self.knowledge_touch(Touched::Entry {
                scope: scope.to_owned(),
                id: id.to_owned(),
            }),
        }
        Ok(())
    }

    /// Notes that an entry can no longer be found where it is, or can be again.
    pub(super) async fn knowledge_unlist(&mut self, id: &str) -> Result<()> {
        if let Some(entry) = self.knowledge_find_entry(id).await? {
            self.knowledge_touch(listed(&entry.scope, id));
        }
        Ok(())
    }

    /// Changes where an entry belongs and for which tasks it is. Its text stays.
    pub async fn knowledge_move_entry(
        &mut self,
        id: &str,
        scope: &str,
        task_size: Option<i64>,
        now: Timestamp,
    ) -> Result<()> {
        self.knowledge_replace(id, scope, now).await?;
        let tenant = self.tenant().clone();
        let sql = "UPDATE knowledge_entry SET scope = $3, task_size = $4, updated = $5 WHERE tenant = $1 AND id = $2";
        execute!(
            self,
            sql,
            tenant.as_str(),
            id,
            scope,
            task_size,
            now.as_millis()
        )?;
        Ok(())
    }

    /// Hides an entry from every search.
    pub(super) async fn knowledge_hide_entry(&mut self, id: &str) -> Result<()> {
        self.knowledge_unlist(id).await?;
        self.knowledge_count(Sign::Remove, Counted::Entry(id))
            .await?;
        let tenant = self.tenant().clone();
        let sql = "UPDATE knowledge_entry SET suppressed = 1 WHERE tenant = $1 AND id = $2";
        execute!(self, sql, tenant.as_str(), id)?;
        Ok(())
    }

    /// Removes an entry.
    pub async fn knowledge_delete_entry(&mut self, id: &str) -> Result<()> {
        self.knowledge_unlist(id).await?;
        self.knowledge_count(Sign::Remove, Counted::Entry(id))
            .await?;
        let tenant = self.tenant().clone();
        execute!(
            self,
            "DELETE FROM knowledge_entry WHERE tenant = $1 AND id = $2",
            tenant.as_str(),
            id
        )?;
        Ok(())
    }

    /// Removes the entries of a scope and returns how many there were.
    pub(super) async fn knowledge_delete_entries_of(&mut self, scope: &str) -> Result<u64> {
        self.knowledge_count(Sign::Remove, Counted::Scope(scope))
            .await?;
        let tenant = self.tenant().clone();
        let sql = "DELETE FROM knowledge_entry WHERE tenant = $1 AND scope = $2";
        Ok(execute!(self, sql, tenant.as_str(), scope)?)
    }
}

pub(super) fn listed(scope: &str, id: &str) -> Touched {
    Touched::Listed {
        scope: scope.to_owned(),
        id: id.to_owned(),
    }
}
