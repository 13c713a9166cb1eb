//! Knowledge as skills (MCP extension `io.modelcontextprotocol/skills`), through an MCP client.

use std::collections::BTreeSet;

use genkan_core::{Role, digest::Digest};
use genkan_testkit::{Answer, McpClient, TestApp, TestDb};
use serde_json::{Value, json};

/// A client of a team with a scope `team:shop`.
pub(crate) async fn team(app: &TestApp) -> McpClient {
    let client = app.client();
    let namespace = json!({"name": "team", "description": "What our team knows"});
    done(&client, "create_namespace", namespace).await;
    scope(&client, "team:shop").await;
    client
}

pub(crate) async fn done(client: &McpClient, tool: &str, arguments: Value) -> Value {
    let answer = client.call(&format!("knowledge_{tool}"), arguments).await;
    answer.structured().clone()
}

pub(crate) async fn scope(client: &McpClient, name: &str) {
    let scope = json!({"scope": name, "description": "The web shop"});
    done(client, "create_scope", scope).await;
}

/// Many entries of `team:shop` or another scope, each of its own text.
pub(crate) async fn fill(client: &McpClient, scope: &str, texts: &[String]) -> Vec<String> {
    let mut ids = Vec::new();
    for texts in texts.chunks(10) {
        let entry = |text: &String| json!({"context": "word", "content": text});
        let entries: Vec<Value> = texts.iter().map(entry).collect();
        let told = done(
            client,
            "import",
            json!({"scope": scope, "entries": entries}),
        )
        .await;
        let results = told["results"].as_array().unwrap().iter();
        ids.extend(results.map(|one| one["id"].as_str().unwrap().to_owned()));
    }
    ids
}

pub(crate) async fn entry(client: &McpClient, scope: &str, context: &str, content: &str) -> String {
    let entry = json!({"scope": scope, "context": context, "content": content});
    let written = done(client, "write_knowledge", entry).await;
    written["id"].as_str().unwrap().to_owned()
}

/// The result of a request that succeeds.
pub(crate) async fn ask(client: &McpClient, method: &str, params: Value) -> Value {
    let Answer { body, .. } = client.request("/mcp", method, params).await;
    assert!(body["result"].is_object(), "{method}: {body:#}");
    body["result"].clone()
}

async fn refused(client: &McpClient, method: &str, params: Value) -> (i64, String) {
    let answer = client.request("/mcp", method, params.clone()).await;
    let number = answer.body["error"]["code"].as_i64();
    let number = number.unwrap_or_else(|| panic!("{method} {params}: {:#}", answer.body));
    (number, answer.code().unwrap())
}

async fn read(client: &McpClient, uri: &str) -> String {
    let read = ask(client, "resources/read", json!({"uri": uri})).await;
    read["contents"][0]["text"].as_str().unwrap().to_owned()
}

/// Reads every file of a skill, which is as its entry says.
async fn verify(client: &McpClient, skill: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    for file in skill["resources"].as_array().unwrap() {
        let text = read(client, file["uri"].as_str().unwrap()).await;
        assert_eq!(file["size"], text.len(), "{file}");
        let digest = format!("sha256:{}", Digest::of(text.as_bytes()).to_hex());
        assert_eq!(file["digest"], digest, "{file}");
        texts.push(text);
    }
    texts
}

#[tokio::test]
async fn a_scope_with_entries_is_a_skill_whose_files_have_their_digests() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        scope(&client, "team:empty").await;
        let winner = entry(
            &client,
            "team:shop",
            "deploy release",
            "# Releases\n\nOn Tuesdays.",
        )
        .await;
        let loser = entry(
            &client,
            "team:shop",
            "deploy friday",
            "Releases go out on Fridays.",
        )
        .await;
        let settled = json!({"active_id": winner, "suppressed_ids": [loser]});
        done(&client, "resolve_knowledge_conflict", settled).await;
        let viewer = client.with_key(app.key(Role::Viewer).await);

        let list = ask(&viewer, "skills/list", json!({})).await;
        assert_eq!(
            (&list["resultType"], &list["cacheScope"]),
            (&json!("complete"), &json!("private"))
        );
        assert!(list["ttlMs"].is_u64() && list.get("nextCursor").is_none());
        let [guide, skill] = &list["skills"].as_array().unwrap()[..] else {
            panic!("the guide and the one scope with entries: {list:#}")
        };
        assert_eq!(guide["uri"], "skill://genkan/team-knowledge/SKILL.md");
        let folder = "skill://knowledge/team/shop/team-shop";
        assert_eq!(skill["uri"], format!("{folder}/SKILL.md"));
        let said = skill["frontmatter"]["description"].as_str().unwrap();
        assert!(
            said.contains("1 entry") && said.contains("deploy") && !said.contains("friday"),
            "{said}"
        );
        let documentation = verify(&viewer, guide).await;
        assert!(documentation[1].starts_with("# Team knowledge"));
        let texts = verify(&viewer, skill).await;
        assert!(
            texts[0].contains(&format!(
                "- `entries/{winner}.md` (deploy release): Releases"
            )),
            "{}",
            texts[0]
        );
        assert!(
            texts[1].ends_with("# Releases\n\nOn Tuesdays.\n")
                && texts[1].contains("scope: team:shop")
        );
        for skill in [guide, skill] {
            let got = ask(&viewer, "skills/get", json!({"uri": skill["uri"]})).await;
            assert_eq!(got["skill"], *skill);
        }

        let children = ask(&viewer, "resources/directory/read", json!({"uri": folder})).await;
        let kinds: Vec<_> = children["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["mimeType"].clone())
            .collect();
        assert_eq!(kinds, ["text/markdown", "inode/directory"]);
        let entries = json!({"uri": format!("{folder}/entries")});
        let entries = ask(&viewer, "resources/directory/read", entries).await;
        assert_eq!(
            entries["resources"][0]["uri"],
            format!("{folder}/entries/{winner}.md")
        );
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_skill_is_refused_by_one_code() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let id = entry(&client, "team:shop", "deploy", "On Tuesdays.").await;
        scope(&client, "team:empty").await;
        let folder = "skill://knowledge/team/shop/team-shop";
        let file = format!("{folder}/entries/{id}.md");
        let manifest = format!("{folder}/SKILL.md");
        let unknown = [
            "",
            "skill://",
            "skill://knowledge/team/shop/SKILL.md",
            "skill://knowledge/team/shop/other/SKILL.md",
            "skill://knowledge/team/empty/team-empty/SKILL.md",
            "skill://knowledge/team/gone/team-gone/SKILL.md",
            "skill://genkan/team-knowledgeable/SKILL.md",
            "https://example.com/SKILL.md",
            "skill://knowledge/te'am/shop/team-shop/SKILL.md",
            "skill://knowledge/../../etc/SKILL.md",
        ];
        for uri in unknown.into_iter().chain([folder, &file]) {
            let (number, code) = refused(&client, "skills/get", json!({"uri": uri})).await;
            assert_eq!(
                (number, code.as_str()),
                (-32602, "unknown_resource"),
                "{uri}"
            );
        }
        for uri in unknown.into_iter().chain([&*manifest, &file]) {
            let (number, _) =
                refused(&client, "resources/directory/read", json!({"uri": uri})).await;
            assert_eq!(number, -32602, "{uri}");
        }
        let bad = [
            ("skills/get", json!({}), "invalid_params"),
            ("skills/get", json!({"uri": 1}), "invalid_params"),
            ("skills/list", json!({"cursor": 1}), "invalid_params"),
            (
                "skills/list",
                json!({"cursor": "knowledge:x"}),
                "invalid_cursor",
            ),
            ("skills/list", json!({"cursor": "other"}), "invalid_cursor"),
            (
                "resources/directory/read",
                json!({"uri": folder, "cursor": "x"}),
                "invalid_cursor",
            ),
        ];
        for (method, params, expected) in bad {
            let (_, code) = refused(&client, method, params.clone()).await;
            assert_eq!(code, expected, "{method} {params}");
        }
        for missing in [
            "entries/x.md",
            "entries/0199a3f0-1111-7abc-8def-0123456789ab.md",
            "x",
        ] {
            let uri = format!("{folder}/{missing}");
            let (number, _) = refused(&client, "resources/read", json!({"uri": uri})).await;
            assert_eq!(number, -32602, "{uri}");
        }
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn where_nothing_has_skills_there_are_no_such_methods() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let client = app.client();
    let told = client.request("/mcp", "server/discover", json!({})).await;
    let offered = &told.body["result"]["capabilities"];
    let settings = &offered["extensions"]["io.modelcontextprotocol/skills"];
    assert_eq!(*settings, json!({"directoryRead": true}));
    assert!(offered["resources"].is_object());
    let told = client
        .request("/mcp/admin", "server/discover", json!({}))
        .await;
    assert!(
        told.body["result"]["capabilities"]
            .get("extensions")
            .is_none()
    );
    let uri = "skill://genkan/team-knowledge/SKILL.md";
    for (method, params) in [
        ("skills/list", json!({})),
        ("skills/get", json!({"uri": uri})),
        ("resources/directory/read", json!({"uri": uri})),
    ] {
        let answer = client.request("/mcp/admin", method, params).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_deref()),
            (404, Some("method_not_found")),
            "{method}"
        );
    }
    app.stop().await;
}

#[tokio::test]
async fn skills_come_in_pages_and_each_once() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        for number in 0..105 {
            let name = format!("team:s-{number}");
            scope(&client, &name).await;
            entry(&client, &name, "deploy", "On Tuesdays.").await;
        }
        let (mut seen, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
        loop {
            let params = cursor.map_or(json!({}), |cursor| json!({"cursor": cursor}));
            let page = ask(&client, "skills/list", params).await;
            let uris = page["skills"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["uri"].to_string());
            seen.extend(uris);
            pages += 1;
            match page["nextCursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        let distinct: BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len(), pages), (106, 106, 2));
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn no_skill_is_larger_than_every_client_must_take() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        entry(&client, "team:shop", "large", &"x".repeat(600 * 1024)).await;
        let small: Vec<_> = (0..520).map(|number| format!("Number {number}.")).collect();
        fill(&client, "team:shop", &small).await;
        scope(&client, "team:heavy").await;
        let heavy: Vec<_> = (0..33)
            .map(|number| format!("{number} {}", "y".repeat(500 * 1024)))
            .collect();
        fill(&client, "team:heavy", &heavy).await;
        let list = ask(&client, "skills/list", json!({})).await;
        let skills = list["skills"].as_array().unwrap();
        let files = |place: usize| skills[place]["resources"].as_array().unwrap();
        let (heavy, shop) = (files(1), files(2));
        assert_eq!(shop.len(), 512);
        let bytes: u64 = heavy
            .iter()
            .map(|file| file["size"].as_u64().unwrap())
            .sum();
        assert!(
            heavy.len() > 25 && bytes <= 16 * 1024 * 1024,
            "{} files, {bytes} bytes",
            heavy.len()
        );
        let manifest = read(&client, skills[2]["uri"].as_str().unwrap()).await;
        assert!(
            manifest.contains("10 older or longer entries have no file here"),
            "{manifest}"
        );
        app.stop().await;
    })
    .await;
}
