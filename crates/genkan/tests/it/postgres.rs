//! The same on PostgreSQL, where `GENKAN_TEST_POSTGRES` names a server.

use serde_json::{Value, json};

use crate::binary::{call, entry, genkan, on_postgres, search};

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_is_brought_up_to_date_only_when_asked() {
    let Some((_database, binary)) = on_postgres().await else {
        return;
    };
    let refused = binary.run(["serve", "--bind", "127.0.0.1:0"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("error[store_not_migrated]"),
        "{}",
        refused.err
    );
    assert!(refused.err.contains("genkan migrate"), "{}", refused.err);
    binary.run(["migrate"]).ok();
    let server = binary.serve();
    assert_eq!(server.get("/ready", None).status, 200);
    assert!(!binary.data("genkan.db").exists() && !binary.data("master.key").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_of_a_schema_that_is_behind() {
    let Some((_database, binary)) = on_postgres().await else {
        return;
    };
    std::fs::create_dir(binary.data("")).unwrap();
    let binary = binary.variable("GENKAN_SERVER__BIND", "127.0.0.1:0");
    let behind = binary.run(["doctor"]);
    assert_eq!(behind.code, Some(1), "{behind:?}");
    assert!(behind.out.contains("the schema lacks: "), "{}", behind.out);
    assert!(behind.out.contains("genkan migrate"), "{}", behind.out);
    binary.run(["migrate"]).ok();
    let fresh = binary.run(["doctor"]).ok();
    assert!(fresh.out.contains("never started"), "{}", fresh.out);
    binary.run(["key", "list"]).ok();
    let well = binary.run(["doctor"]).ok();
    assert!(well.out.contains("postgres, answers in"), "{}", well.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_up_to_date_is_no_news() {
    let Some((_database, binary)) = on_postgres().await else {
        return;
    };
    let binary = binary.variable("GENKAN_LOG__LEVEL", "info");
    binary.run(["migrate"]).ok();
    let again = binary.run(["migrate"]).ok();
    assert!(!again.err.contains("already exists"), "{}", again.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn auto_migrate_does_so_at_start_and_the_house_works() {
    let Some((_database, binary)) = on_postgres().await else {
        return;
    };
    let binary = binary.variable("GENKAN_STORE__AUTO_MIGRATE", "true");
    let server = binary.serve();
    let key = server.admin_key();
    let mut dialogue = binary.stdio(&[]);
    let written = dialogue.asks(
        "tools/call",
        call("knowledge_write_knowledge", entry("king tide")),
    );
    assert!(
        written["result"]["structuredContent"].is_object(),
        "{written}"
    );
    assert!(
        server
            .mcp(&key, "tools/call", search())
            .body
            .contains("king tide")
    );
    let created = binary
        .run(["key", "create", "ci", "--role", "viewer", "--json"])
        .ok()
        .json();
    assert_eq!(
        server
            .mcp(created["key"].as_str().unwrap(), "tools/list", json!({}))
            .status,
        200
    );
    assert_eq!(
        binary.run(["audit", "verify", "--json"]).ok().json()["faults"],
        json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_without_the_address_of_the_servers_database_is_told_which_it_is() {
    let Some((database, binary)) = on_postgres().await else {
        return;
    };
    let binary = binary.variable("GENKAN_STORE__AUTO_MIGRATE", "true");
    let _server = binary.serve();
    let elsewhere = format!("sqlite:{}", binary.data("genkan.db").display());
    let refused = binary
        .clone()
        .variable("GENKAN_STORE__URL", &elsewhere)
        .run(["backup", "copy.jsonl"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    let url = database.url().unwrap();
    let name = url.split('?').next().unwrap().rsplit('/').next().unwrap();
    let served = refused.err.split('`').nth(1).unwrap();
    assert!(served.starts_with("postgres://"), "{}", refused.err);
    assert!(served.ends_with(&format!("/{name}")), "{}", refused.err);
    assert!(!served.contains('@'), "{}", refused.err);
    binary.run(["backup", "copy.jsonl"]).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_moves_a_store_to_sqlite() {
    let Some((_database, binary)) = on_postgres().await else {
        return;
    };
    let binary = binary.variable("GENKAN_STORE__AUTO_MIGRATE", "true");
    let arguments = format!("--args={}", entry("storm tide"));
    binary
        .run(["tools", "call", "knowledge_write_knowledge", &arguments])
        .ok();
    binary.run(["backup", "copy.jsonl"]).ok();
    let on_sqlite = genkan().variable("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32));
    let copy = binary.root().join("copy.jsonl");
    on_sqlite.run(["restore".as_ref(), copy.as_os_str()]).ok();
    let found: Value = {
        let arguments = format!("--args={}", search()["arguments"]);
        on_sqlite
            .run([
                "tools",
                "call",
                "knowledge_get_task_context",
                &arguments,
                "--json",
            ])
            .ok()
            .json()
    };
    assert!(found.to_string().contains("storm tide"), "{found}");
    on_sqlite.run(["audit", "verify"]).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn knowledge_is_imported_exported_and_counted() {
    let Some((_database, binary)) = on_postgres().await else {
        return;
    };
    binary.run(["migrate"]).ok();
    let namespace = [
        "tools",
        "call",
        "knowledge_create_namespace",
        "name=team",
        "description=Our team",
    ];
    binary.run(namespace).ok();
    let (from, to) = (binary.root().join("in.csv"), binary.root().join("out.csv"));
    std::fs::write(
        &from,
        "context,content\ndeploy,On Tuesdays.\nstyle,Write plainly.\n",
    )
    .unwrap();
    let transfer = |way: &str, path: &std::path::Path| {
        let path = path.to_str().unwrap();
        let words = [
            "--json",
            "knowledge",
            way,
            path,
            "--scope",
            "team:default",
            "--format",
            "csv",
        ];
        binary.run(words).ok().json()
    };
    assert_eq!(transfer("import", &from)["created"], 2);
    assert_eq!(transfer("export", &to)["entries"], 2);
    assert_eq!(transfer("import", &to)["unchanged"], 2);
    let arguments = json!({"scope": "team:default", "queries": ["deploy canary"]}).to_string();
    binary
        .run([
            "tools",
            "call",
            "knowledge_get_task_context",
            "--args",
            &arguments,
        ])
        .ok();
    let told = binary
        .run(["--json", "knowledge", "stats", "--namespace", "team"])
        .ok()
        .json();
    assert_eq!(
        (
            &told["statistics"]["total"]["entries"],
            &told["searches"]["searches"]
        ),
        (&json!(2), &json!(1)),
        "{told}"
    );
    assert_eq!(
        told["searches"]["zero_hit_terms"],
        json!([{ "term": "canary", "searches": 1 }])
    );
}
