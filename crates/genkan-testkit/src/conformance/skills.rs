//! A skill for the suite (MCP extension `io.modelcontextprotocol/skills`): with a front matter of
//! several kinds of values, and files in folders.

use async_trait::async_trait;
use genkan_core::{
    CallContext, Permission, Result, Skills,
    permission::Action,
    resource::{Contents, Resource},
    skill::{self, Skill, SkillFile, SkillPage},
};
use serde_json::{Map, Value, json};

/// The skills of the suite.
pub(super) struct SkillFixtures;

/// Where the skill is.
const FOLDER: &str = "skill://conformance/greeting-guide";
const BODY: &str = "# Greeting\n\nPick a letter from `letters/` and read `references/tone.md`.\n";
const MARKDOWN: &str = "text/markdown";

/// Path and text of every file but the manifest.
const FILES: [(&str, &str); 3] = [
    ("letters/formal.md", "Dear Madam or Sir,\n"),
    ("letters/regional/kyoto.md", "おおきに\n"),
    ("references/tone.md", "Warm, and brief.\n"),
];

fn frontmatter() -> Map<String, Value> {
    let frontmatter = json!({
        "name": "greeting-guide",
        "description": "How to greet: \"warmly\", # and briefly",
        "license": "Apache-2.0",
        "metadata": { "version": "1.0", "languages": "en ja" },
    });
    frontmatter.as_object().cloned().unwrap_or_default()
}

/// Every file with its path.
fn files() -> Vec<(&'static str, String)> {
    let mut files = vec![(skill::MANIFEST, skill::manifest(&frontmatter(), BODY))];
    files.extend(FILES.map(|(path, text)| (path, text.to_owned())));
    files
}

fn guide() -> Result<Skill> {
    let files = files().into_iter();
    let files = files.map(|(path, text)| SkillFile::of(path, MARKDOWN, &text));
    Skill::new(FOLDER.to_owned(), frontmatter(), files.collect())
}

#[async_trait]
impl Skills for SkillFixtures {
    fn permission(&self) -> Permission {
        Permission::new("conformance", Action::Read)
    }

    fn owns(&self, uri: &str) -> bool {
        uri.starts_with(FOLDER)
    }

    async fn list(&self, _ctx: &CallContext, _cursor: Option<&str>) -> Result<SkillPage> {
        Ok(SkillPage {
            skills: vec![guide()?],
            next: None,
        })
    }

    async fn find(&self, _ctx: &CallContext, _uri: &str) -> Result<Option<Skill>> {
        guide().map(Some)
    }
}

/// The manifest as lists of resources show it.
pub(super) fn listed() -> Resource {
    let said = |name: &str| {
        frontmatter()
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    Resource {
        uri: format!("{FOLDER}/{}", skill::MANIFEST),
        name: said("name").unwrap_or_default(),
        description: said("description"),
        mime_type: Some(MARKDOWN.to_owned()),
        ..Resource::default()
    }
}

/// The file of this URI, if it is one of the skill's.
pub(super) fn file(uri: &str) -> Option<Contents> {
    let path = uri.strip_prefix(FOLDER)?.strip_prefix('/')?;
    let found = files().into_iter().find(|(known, _)| *known == path);
    found.map(|(_, text)| Contents::text(uri, MARKDOWN, text))
}
