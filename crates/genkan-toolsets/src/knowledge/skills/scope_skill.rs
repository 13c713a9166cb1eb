//! A scope as a skill: a manifest that lists its entries, and a file for each.

use std::collections::HashMap;

use genkan_core::{
    Result,
    skill::{BYTES, FILES, MANIFEST, Skill, SkillFile, manifest},
};
use genkan_store::{
    TenantTx,
    knowledge::{Scope, WholeEntry},
};
use serde_json::{Map, Value, json};

use crate::knowledge::{
    name::ScopeName,
    resources::{
        address::is_id,
        entry_page::{self, MARKDOWN, headline},
    },
};

/// What the URIs of all of them begin with.
pub(super) const ROOT: &str = "skill://knowledge/";
/// The longest content that becomes a file: what can be read at once wherever limits are as usual.
const LARGEST: i64 = 512 * 1024;
/// Room for the manifest in the limit of bytes; its lines are short.
const MANIFEST_BYTES: u64 = 1024 * 1024;
/// How many keywords the description names.
const KEYWORDS: usize = 8;

/// Where a URI lies: `skill://knowledge/{namespace}/{scope}/{name}/{path}`.
///
/// The name, which must be the last of the folder, is made from the two before and says nothing
/// more; so the folder is unique whatever a namespace or a scope is called.
pub(super) struct Place {
    scope: ScopeName,
    /// The file within the skill, or a folder of it.
    path: String,
}

impl Place {
    pub(super) fn parse(uri: &str) -> Option<Self> {
        let mut parts = uri.strip_prefix(ROOT)?.splitn(4, '/');
        let (namespace, scope, name) = (parts.next()?, parts.next()?, parts.next()?);
        let scope = ScopeName::parse("uri", &format!("{namespace}:{scope}")).ok()?;
        (name_of(&scope) == name).then(|| Self {
            scope,
            path: parts.next().unwrap_or_default().to_owned(),
        })
    }

    pub(super) async fn scope(&self, tx: &mut TenantTx) -> Result<Option<Scope>> {
        tx.knowledge_find_scope(&self.scope.namespace, &self.scope.scope)
            .await
    }
}

/// The name of the skill of a scope, as the rule for names of skills wants it.
fn name_of(scope: &ScopeName) -> String {
    let joined = format!("{}-{}", scope.namespace, scope.scope);
    let parts: Vec<&str> = joined.split('-').filter(|part| !part.is_empty()).collect();
    let name: String = parts.join("-").chars().take(64).collect();
    match name.trim_end_matches('-') {
        "" => "knowledge".to_owned(),
        name => name.to_owned(),
    }
}

/// What a skill is made of.
struct Made {
    frontmatter: Map<String, Value>,
    body: String,
    entries: Vec<WholeEntry>,
}

/// The skill of a scope; none without entries.
pub(super) async fn skill(tx: &mut TenantTx, scope: &Scope) -> Result<Option<Skill>> {
    let Some(made) = make(tx, scope).await? else {
        return Ok(None);
    };
    let name = full_name(scope);
    let text = manifest(&made.frontmatter, &made.body);
    let mut files = vec![SkillFile::of(MANIFEST, MARKDOWN, &text)];
    files.extend(made.entries.iter().map(|entry| {
        let text = entry_page::write(entry, &name.to_string());
        SkillFile::of(path_of(&entry.id), MARKDOWN, &text)
    }));
    let folder = format!("{ROOT}{}/{}/{}", name.namespace, name.scope, name_of(&name));
    Skill::new(folder, made.frontmatter, files).map(Some)
}

/// One file of the skill.
pub(super) async fn read(tx: &mut TenantTx, place: &Place) -> Result<Option<String>> {
    let Some(scope) = place.scope(tx).await? else {
        return Ok(None);
    };
    if place.path == MANIFEST {
        let made = make(tx, &scope).await?;
        return Ok(made.map(|made| manifest(&made.frontmatter, &made.body)));
    }
    let id = place.path.strip_prefix("entries/");
    let Some(id) = id.and_then(|name| name.strip_suffix(".md")) else {
        return Ok(None);
    };
    let entry = match is_id(id) {
        true => tx.knowledge_find_whole_entry(id).await?,
        false => None,
    };
    let entry = entry.filter(|entry| entry.scope == scope.id);
    Ok(entry.map(|entry| entry_page::write(&entry, &scope.full_name())))
}

async fn make(tx: &mut TenantTx, scope: &Scope) -> Result<Option<Made>> {
    let most = i64::try_from(FILES - 1).unwrap_or(i64::MAX);
    let mut entries = tx
        .knowledge_newest_whole_of(&scope.id, LARGEST, most)
        .await?;
    let counts = tx.knowledge_scope_counts().await?;
    let count = counts.iter().find(|count| count.scope == scope.id);
    let all = count.map_or(0, |count| usize::try_from(count.entries).unwrap_or(0));
    if all == 0 {
        return Ok(None);
    }
    within(&mut entries, &scope.full_name());
    let line = tx.knowledge_line(scope).await?;
    let inherited: Vec<String> = line
        .into_iter()
        .filter(|one| one.distance > 0)
        .map(|one| format!("`{}`", one.name))
        .collect();
    Ok(Some(Made {
        frontmatter: frontmatter(scope, all, &entries),
        body: body(scope, all, &entries, &inherited),
        entries,
    }))
}

/// Leaves out what would make the skill larger than any client must take.
fn within(entries: &mut Vec<WholeEntry>, scope: &str) {
    let mut room = BYTES - MANIFEST_BYTES;
    let fitting = entries.iter().take_while(|entry| {
        let size = entry_page::write(entry, scope).len() as u64;
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    let fitting = fitting.count();
    entries.truncate(fitting);
}

fn frontmatter(scope: &Scope, all: usize, entries: &[WholeEntry]) -> Map<String, Value> {
    let name = full_name(scope);
    let counted = match all {
        1 => "1 entry".to_owned(),
        all => format!("{all} entries"),
    };
    let about = keywords(entries).join(", ");
    let description = format!(
        "What the team knows in {name} ({}): {counted} about {about}. Read it before work there.",
        scope.description
    );
    let frontmatter = json!({
        "name": name_of(&name),
        "description": description,
        "metadata": { "scope": name.to_string() },
    });
    frontmatter.as_object().cloned().unwrap_or_default()
}

/// The keywords that stand at most entries.
fn keywords(entries: &[WholeEntry]) -> Vec<&str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in entries.iter().flat_map(|entry| entry.context.split(' ')) {
        *counts.entry(word).or_default() += 1;
    }
    let mut words: Vec<(&str, usize)> = counts.into_iter().collect();
    words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    words.truncate(KEYWORDS);
    words.into_iter().map(|(word, _)| word).collect()
}

fn body(scope: &Scope, all: usize, entries: &[WholeEntry], inherited: &[String]) -> String {
    let name = scope.full_name();
    let mut text = format!(
        "# {name}\n\n{}\n\nEach file in `entries/` is one thing that the team has learned; read those \
         that fit the task. `knowledge_get_task_context` with scope `{name}` searches them",
        scope.description
    );
    text.push_str(&match inherited {
        [] => ".\n\n".to_owned(),
        inherited => format!(", and what is inherited from {}.\n\n", inherited.join(", ")),
    });
    for entry in entries {
        let (path, context) = (path_of(&entry.id), &entry.context);
        text.push_str(&format!(
            "- `{path}` ({context}): {}\n",
            headline(&entry.content)
        ));
    }
    if all > entries.len() {
        let more = all - entries.len();
        text.push_str(&format!(
            "\n{more} older or longer entries have no file here; search for them.\n"
        ));
    }
    text
}

fn path_of(id: &str) -> String {
    format!("entries/{id}.md")
}

fn full_name(scope: &Scope) -> ScopeName {
    ScopeName {
        namespace: scope.namespace.clone(),
        scope: scope.name.clone(),
    }
}
