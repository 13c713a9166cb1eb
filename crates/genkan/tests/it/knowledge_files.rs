//! `genkan knowledge import` and `export`: files become knowledge, and knowledge files.

use std::{collections::BTreeMap, fs, path::Path};

use genkan_testkit::binary::Binary;
use serde_json::{Value, json};

use crate::binary::{Ended, genkan, on_postgres};

fn transfer(binary: &Binary, way: &str, path: &Path, format: &str, more: &[&str]) -> Ended {
    let path = path.to_str().unwrap();
    let words = [
        "--json",
        "knowledge",
        way,
        path,
        "--scope",
        "global:default",
        "--format",
        format,
    ];
    binary.run(words.iter().chain(more))
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let file = |entry: fs::DirEntry| {
        (
            entry.file_name().into_string().unwrap(),
            fs::read_to_string(entry.path()).unwrap(),
        )
    };
    entries.map(file).collect()
}

fn counts(told: &Value) -> [u64; 4] {
    ["created", "updated", "unchanged", "failed"].map(|name| told[name].as_u64().unwrap())
}

/// `global:default` comes with the first write.
fn begun() -> Binary {
    let binary = genkan();
    let team = [
        "tools",
        "call",
        "knowledge_create_namespace",
        "name=team",
        "description=Our team",
    ];
    binary.run(team).ok();
    binary
}

#[test]
fn a_folder_is_imported_again_without_change_and_exported_to_the_same_in_each_form() {
    let (binary, other) = (begun(), begun());
    let folder = binary.root().join("notes");
    fs::create_dir_all(folder.join("deep/er")).unwrap();
    fs::write(folder.join("a.md"), "---\ntags: [ops]\ntask_size: M\n---\n# Release\n\nOn Tuesdays.\n\n## Rollback\n\nUse make, \"always\".\n").unwrap();
    fs::write(folder.join("deep/er/b.md"), "No heading, two\nlines; é.\n").unwrap();
    fs::write(folder.join("deep/skipped.txt"), "not a page").unwrap();
    let dry = transfer(&binary, "import", &folder, "markdown", &["--dry-run"])
        .ok()
        .json();
    assert_eq!(
        (counts(&dry), &dry["dry_run"]),
        ([3, 0, 0, 0], &json!(true))
    );
    assert_eq!(
        counts(
            &transfer(&binary, "import", &folder, "markdown", &[])
                .ok()
                .json()
        ),
        [3, 0, 0, 0]
    );
    assert_eq!(
        counts(
            &transfer(&binary, "import", &folder, "markdown", &[])
                .ok()
                .json()
        ),
        [0, 0, 3, 0]
    );
    fs::write(
        folder.join("deep/er/b.md"),
        "No heading, two\nother lines; é.\n",
    )
    .unwrap();
    let changed = transfer(&binary, "import", &folder, "markdown", &[])
        .ok()
        .json();
    assert_eq!(counts(&changed), [0, 1, 2, 0]);
    let entries = changed["entries"].as_array().unwrap();
    let entry = entries
        .iter()
        .find(|one| one["outcome"] == "updated")
        .unwrap();
    assert_eq!(
        (&entry["place"], &entry["changes"][0]),
        (&json!("deep/er/b.md:1"), &json!("content (+1 -1 lines)"))
    );

    for (format, name) in [
        ("markdown", "pages"),
        ("json", "all.json"),
        ("csv", "all.csv"),
    ] {
        let (out, back) = (binary.root().join(name), other.root().join(name));
        let told = transfer(&binary, "export", &out, format, &["--dry-run"])
            .ok()
            .json();
        assert!(told["entries"] == 3 && !out.exists(), "{told}");
        transfer(&binary, "export", &out, format, &[]).ok();
        let told = transfer(&other, "import", &out, format, &[]).ok().json();
        assert_eq!(told["failed"], 0, "{told}");
        transfer(&other, "export", &back, format, &[]).ok();
        match format {
            "markdown" => assert_eq!(files(&out), files(&back)),
            _ => assert_eq!(
                fs::read_to_string(&out).unwrap(),
                fs::read_to_string(&back).unwrap()
            ),
        }
        let again = transfer(&binary, "export", &out, format, &[]);
        assert!(
            again.code == Some(1) && again.err.contains("already_exists"),
            "{again:?}"
        );
    }
    let found = [
        "tools",
        "call",
        "knowledge_get_task_context",
        "scope=global:default",
        "queries=[\"ops rollback\"]",
    ];
    assert!(other.run(found).ok().out.contains("Use make"));
}

#[test]
fn a_bad_file_is_named_with_its_line_and_the_rest_goes_on() {
    let binary = begun();
    let folder = binary.root().join("notes");
    let deep = folder.join(vec!["d"; 40].join("/"));
    fs::create_dir_all(&deep).unwrap();
    let id = "id: 0199a3f0-1111-7abc-8def-0123456789ab";
    let files: [(&str, Vec<u8>); 9] = [
        ("good.md", b"# Good\n\nStays.\n".to_vec()),
        ("binary.md", vec![0, 159, 146, 150]),
        ("empty.md", Vec::new()),
        ("huge.md", vec![b'x'; 17 * 1024 * 1024]),
        (
            "long.md",
            format!("# Long\n\n{}", "x".repeat(1_100_000)).into_bytes(),
        ),
        (
            "broken.md",
            b"---\ntitle: x\nno colon\n---\ntext\n".to_vec(),
        ),
        (
            "one.md",
            format!("---\n{id}\nkeywords: one\n---\n\nFirst.\n").into_bytes(),
        ),
        (
            "two.md",
            format!("---\n{id}\nkeywords: two\n---\n\nSecond.\n").into_bytes(),
        ),
        ("size.md", b"---\ntask_size: XXL\n---\ntext\n".to_vec()),
    ];
    for (name, bytes) in &files {
        fs::write(folder.join(name), bytes).unwrap();
    }
    let ended = transfer(&binary, "import", &folder, "markdown", &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let told = ended.json();
    assert_eq!(counts(&told), [2, 0, 0, 8], "{told:#}");
    let error = |name: &str| {
        let entries = told["entries"].as_array().unwrap();
        let entry = entries
            .iter()
            .find(|one| one["place"].as_str().unwrap().contains(name));
        entry.unwrap_or_else(|| panic!("{name} in {told:#}"))["error"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for (place, says) in [
        ("binary.md:1", "not text"),
        ("empty.md:1", "is empty"),
        ("huge.md:1", "more than 16777216 bytes"),
        ("long.md:1", "too_large"),
        ("broken.md:3", "without a colon"),
        ("two.md:1", "has the id of the entry at one.md:1"),
        ("size.md:4", "task size"),
        ("/d/d/d", "folders deep"),
    ] {
        assert!(error(place).contains(says), "{place}: {}", error(place));
    }
    let absent = transfer(
        &binary,
        "import",
        &binary.root().join("absent"),
        "json",
        &[],
    );
    assert!(
        absent.code == Some(1) && absent.err.contains("absent"),
        "{absent:?}"
    );
    let usage = transfer(&binary, "import", &folder, "yaml", &[]);
    assert_eq!(usage.code, Some(2), "{usage:?}");
    let words = [
        "knowledge",
        "import",
        folder.to_str().unwrap(),
        "--scope",
        "team:gone",
        "--format",
        "markdown",
    ];
    let unknown = binary.run(words);
    assert!(
        unknown.code == Some(1) && unknown.err.contains("no_such_item"),
        "{unknown:?}"
    );
}

/// Ten questions that somebody would ask of the documentation, and what the answer must say.
const QUESTIONS: [(&[&str], &str); 10] = [
    (&["revoke api key", "key revoked"], "key_revoked"),
    (
        &["postgres connection url setting", "store.url"],
        "store.url",
    ),
    (&["search ranking formula", "how results ranked"], "BM25F"),
    (
        &["backup restore store", "copy of the database"],
        "genkan backup",
    ),
    (
        &["audit chain tampering", "verify records"],
        "genkan audit verify",
    ),
    (
        &["longest content of an entry", "limits knowledge"],
        "1,048,576",
    ),
    (
        &["protocol revisions supported", "MCP 2024-11-05"],
        "2024-11-05",
    ),
    (
        &["session ended unknown", "initialize again"],
        "session_unknown",
    ),
    (&["why own protocol edge", "rmcp decision"], "rmcp"),
    (
        &["scope inherits parents", "inheritance default scope"],
        "global:default",
    ),
];

#[test]
fn the_documentation_answers_ten_questions() {
    let binary = begun();
    let docs = crate::readme::workspace().join("docs");
    let told = transfer(&binary, "import", &docs, "markdown", &[])
        .ok()
        .json();
    assert!(
        told["created"].as_u64().unwrap() > 100,
        "{}",
        told["created"]
    );
    for (queries, answer) in QUESTIONS {
        let arguments = json!({"scope": "global:default", "queries": queries}).to_string();
        let words = [
            "--json",
            "tools",
            "call",
            "knowledge_get_task_context",
            "--args",
            &arguments,
        ];
        let found = binary.run(words).ok().json();
        let found = &found["structuredContent"];
        let ranking = found["ranking"].as_array().unwrap().iter().take(5);
        let contents: Vec<&str> = ranking
            .map(|one| {
                found["global:default"][one["id"].as_str().unwrap()]
                    .as_str()
                    .unwrap()
            })
            .collect();
        assert!(
            contents.iter().any(|content| content.contains(answer)),
            "{queries:?}: {answer} in {contents:#?}"
        );
    }
}

/// A command as a person runs it, on a terminal; `None` where no program makes one.
#[cfg(target_os = "linux")]
fn on_a_terminal(binary: &Binary, words: &[&str]) -> Option<String> {
    let command = binary.command(words);
    let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_str().unwrap());
    let line: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(quoted)
        .collect();
    let mut script = std::process::Command::new("script");
    script
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .args(["-qec", &line.join(" "), "/dev/null"]);
    for (name, value) in command.get_envs() {
        script.env(name, value.unwrap());
    }
    let output = script
        .current_dir(binary.root())
        .stdin(std::process::Stdio::null())
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: there is no `script`");
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn an_import_shows_a_bar_on_a_terminal_and_nowhere_else() {
    let binary = begun();
    let file = binary.root().join("many.json");
    let entries: Vec<Value> = (0..150)
        .map(|n| json!({"context": "many", "content": format!("Number {n}.")}))
        .collect();
    fs::write(&file, json!(entries).to_string()).unwrap();
    let words = [
        "knowledge",
        "import",
        file.to_str().unwrap(),
        "--scope",
        "global:default",
        "--format",
        "json",
    ];
    let quiet = binary.run(words).ok();
    assert!(
        !quiet.err.contains("150") && quiet.out.contains("150 created"),
        "{quiet:?}"
    );
    let Some(shown) = on_a_terminal(&binary, &words) else {
        return;
    };
    let full = "#".repeat(30);
    for part in [
        format!("\r[{}] 0/150", " ".repeat(30)),
        format!("\r[{}{}] 100/150", "#".repeat(20), " ".repeat(10)),
        format!("\r[{full}] 150/150\r\u{1b}[2K"),
        "150 unchanged".to_owned(),
    ] {
        assert!(shown.contains(&part), "{part:?} in {shown:?}");
    }
    let json = on_a_terminal(&binary, &[&["--json"][..], &words].concat()).unwrap();
    assert!(!json.contains("150/150"), "{json:?}");
}

/// What the commands tell of a folder, without what differs from run to run.
fn told_of(binary: &Binary) -> Value {
    let team = ["name=team", "description=Our team"];
    let create = ["tools", "call", "knowledge_create_namespace"];
    binary.run(create.iter().chain(&team)).ok();
    let folder = binary.root().join("notes");
    fs::create_dir_all(&folder).unwrap();
    let page = "# Release\n\nOn Tuesdays.\n\n## Rollback\n\nUse make.\n";
    fs::write(folder.join("a.md"), page).unwrap();
    let imports = [0, 1].map(|_| {
        let told = transfer(binary, "import", &folder, "markdown", &[]).ok();
        counts(&told.json())
    });
    let file = binary.root().join("all.json");
    transfer(binary, "export", &file, "json", &[]).ok();
    let exported: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let mut contents: Vec<_> = exported["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["context"].to_string(), entry["content"].to_string()))
        .collect();
    contents.sort();
    let search = ["scope=global:default", "queries=[\"rollback canary\"]"];
    let find = ["tools", "call", "knowledge_get_task_context"];
    assert!(
        binary
            .run(find.iter().chain(&search))
            .ok()
            .out
            .contains("Use make")
    );
    let stats = ["--json", "knowledge", "stats", "--days", "7"];
    let stats = binary.run(stats).ok().json();
    json!({
        "imports": imports, "contents": contents,
        "entries": stats["statistics"]["total"]["entries"],
        "not_found": stats["searches"]["zero_hit_terms"],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_do_the_same_on_both_databases() {
    let on_sqlite = told_of(&genkan());
    assert_eq!(on_sqlite["imports"], json!([[2, 0, 0, 0], [0, 0, 2, 0]]));
    assert_eq!(on_sqlite["not_found"][0]["term"], "canary", "{on_sqlite}");
    let Some((_database, binary)) = on_postgres().await else {
        return;
    };
    let binary = binary.variable("GENKAN_STORE__AUTO_MIGRATE", "true");
    assert_eq!(told_of(&binary), on_sqlite);
}
