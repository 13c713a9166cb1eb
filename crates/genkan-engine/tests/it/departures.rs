//! Who is kept as away while a tool runs: those that change something outside, and nobody else.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use genkan_core::{
    CallContext, Operation, Outcome, Permission, Timestamp, Tool, ToolDefinition, ToolOutput,
    ToolResult, Toolset,
    id::{IdempotencyKey, ToolName},
    permission::Action,
    task::TaskSupport,
    toolset::Effect,
};
use genkan_store::Store;
use genkan_testkit::{AppOptions, TestApp, TestDb};
use serde_json::{Map, Value, json};

/// The toolset `out`, whose tools tell how many calls are away while they run.
#[derive(Default)]
struct Out(Arc<OnceLock<Store>>);

#[derive(Clone)]
struct Errand {
    name: &'static str,
    effect: Effect,
    reaches_out: bool,
    store: Arc<OnceLock<Store>>,
}

impl Toolset for Out {
    fn name(&self) -> &'static str {
        "out"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let errand = |name, effect, reaches_out| -> Arc<dyn Tool> {
            Arc::new(Errand {
                name,
                effect,
                reaches_out,
                store: Arc::clone(&self.0),
            })
        };
        vec![
            errand("out_sends", Effect::Adds, true),
            errand("out_asks", Effect::ReadOnly, true),
            errand("out_stays", Effect::Adds, false),
        ]
    }
}

#[async_trait]
impl Tool for Errand {
    fn definition(&self) -> ToolDefinition {
        ToolDefinition {
            name: ToolName::parse(self.name).unwrap(),
            title: self.name.to_owned(),
            description: self.name.to_owned(),
            input_schema: json!({ "type": "object" }),
            output_schema: None,
            effect: self.effect,
            idempotent: false,
            asks: false,
            permission: Permission::new("out", Action::Read),
            deadline: None,
            task: TaskSupport::Never,
        }
    }

    fn reaches_out(&self) -> bool {
        self.reaches_out
    }

    async fn call(&self, _ctx: &CallContext, _arguments: Map<String, Value>) -> ToolResult {
        Ok(ToolOutput::text(
            away(self.store.get().unwrap()).await.to_string(),
        ))
    }
}

/// How many calls are kept as away.
async fn away(store: &Store) -> i64 {
    let mut tx = store.system_read().await.unwrap();
    let the_last_day = Timestamp::from_millis(i64::MAX);
    tx.departure_count_lost(the_last_day).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_refused_where_it_would_not_be_kept_to() {
    let out = Out::default();
    let store = Arc::clone(&out.0);
    let options = AppOptions {
        toolsets: Some(vec![Arc::new(out)]),
        ..AppOptions::default()
    };
    let app = TestApp::start_with(&TestDb::sqlite(), options).await;
    store.set(app.store.clone()).ok().unwrap();
    for (tool, is_taken) in [
        ("out_sends", true),
        ("out_asks", true),
        ("out_stays", false),
    ] {
        let mut call = app.call(tool, json!({}));
        if let Operation::CallTool(call) = &mut call.operation {
            call.idempotency_key = IdempotencyKey::parse("key");
        }
        let Outcome::Tool(output) = app.engine.call(call).await.unwrap() else {
            panic!("no answer of a tool");
        };
        assert_eq!(!output.is_error, is_taken, "{tool}: {output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_changes_something_outside_is_kept_as_away_and_only_while_it_is() {
    TestDb::each(|database| async move {
        let out = Out::default();
        let store = Arc::clone(&out.0);
        let options = AppOptions {
            toolsets: Some(vec![Arc::new(out)]),
            ..AppOptions::default()
        };
        let app = TestApp::start_with(&database, options).await;
        store.set(app.store.clone()).ok().unwrap();
        for (tool, expected) in [("out_sends", "1"), ("out_asks", "0"), ("out_stays", "0")] {
            let outcome = app.engine.call(app.call(tool, json!({}))).await.unwrap();
            let Outcome::Tool(output) = outcome else {
                panic!("{outcome:?}");
            };
            let told = format!("{:?}", output.content);
            assert!(told.contains(&format!("\"{expected}\"")), "{tool}: {told}");
            app.store.flush().await.unwrap();
            assert_eq!(away(&app.store).await, 0, "{tool}");
        }
    })
    .await;
}
