//! The knowledge toolset over an open store, called as the engine calls it.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use genkan_core::{
    CallContext, Clock, Code, Error, Principal, Random, Result, Role, Secret, Stop, Timestamp,
    Tool, ToolDefinition, ToolOutput, Toolset,
    call::Door,
    clock::SystemClock,
    context::{Caller, Dialogue},
    id::{CorrelationId, ExecutionId, PrincipalId, ProfileName, TenantId},
    lifecycle::{Lifecycle, Stopped},
    outcome::Disposition,
    principal::Kind,
    record::{Personal, Record, Ticket},
};
use genkan_store::{Pending, Store, TenantTx};
use genkan_testkit::TestDb;
use genkan_toolsets::knowledge::{
    KnowledgeToolset, Options,
    embed::{Embedder, Reading},
};
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

/// The toolset over a store of its own. Ids come out the same in every run.
pub(crate) struct Knowledge {
    pub(crate) store: Store,
    tools: HashMap<String, Offered>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    lifecycle: Lifecycle,
}

struct Offered {
    tool: Arc<dyn Tool>,
    definition: ToolDefinition,
    input: Validator,
    output: Validator,
}

impl Knowledge {
    /// Every search is one: nothing is kept.
    pub(crate) async fn open(database: &TestDb) -> Self {
        Self::open_with(database, false).await
    }

    pub(crate) async fn open_with(database: &TestDb, cache: bool) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(Ticking::default());
        let random: Arc<dyn Random> = Arc::new(Seeded::default());
        let lifecycle = Lifecycle::new();
        let options = database.options(Secret::new([7; 32]));
        let store = Store::open(options, Arc::clone(&clock), Arc::clone(&random), &lifecycle)
            .await
            .unwrap();
        let tools = tools(&store, cache, None);
        // What the store itself draws is not ours to count on.
        Self {
            store,
            tools,
            clock: Arc::new(Ticking::default()),
            random: Arc::new(Seeded::default()),
            lifecycle,
        }
    }

    /// From here on finds by nearness too, when all that was written is read.
    pub(crate) async fn embed_with(&mut self, embedder: Arc<dyn Embedder>) {
        self.read_all(&embedder).await;
        self.tools = tools(&self.store, false, Some(embedder));
    }

    /// From here on finds by nearness what is read, and keeps answers.
    pub(crate) fn keep_with(&mut self, embedder: Arc<dyn Embedder>) {
        self.tools = tools(&self.store, true, Some(embedder));
    }

    /// Has all that was written and not yet read read; returns how many entries that were.
    pub(crate) async fn read_all(&self, embedder: &Arc<dyn Embedder>) -> usize {
        let mut reading = Reading::new(self.store.clone(), Arc::clone(embedder));
        let mut all = 0;
        loop {
            match reading.some().await.unwrap() {
                0 => return all,
                read => all += read,
            }
        }
    }

    /// The definitions, by name.
    pub(crate) fn definitions(&self) -> Vec<&ToolDefinition> {
        let mut definitions: Vec<_> = self
            .tools
            .values()
            .map(|offered| &offered.definition)
            .collect();
        definitions.sort_by(|a, b| a.name.cmp(&b.name));
        definitions
    }

    /// Whether the input schema of a tool takes the arguments.
    pub(crate) fn schema_takes(&self, tool: &str, arguments: &Value) -> bool {
        self.tools[&format!("knowledge_{tool}")]
            .input
            .is_valid(arguments)
    }

    /// Calls a tool and returns its structured answer.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Result<Value> {
        self.call_as("default", tool, arguments).await
    }

    /// Calls a tool as somebody of this tenant.
    pub(crate) async fn call_as(
        &self,
        tenant: &str,
        tool: &str,
        arguments: Value,
    ) -> Result<Value> {
        let offered = &self.tools[&format!("knowledge_{tool}")];
        assert!(
            offered.input.is_valid(&arguments),
            "the engine would refuse {arguments} for {tool}"
        );
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object")
        };
        let ctx = self.context(tenant).await;
        let output = match offered.tool.call(&ctx, arguments).await {
            Ok(output) => output,
            Err(Stop::Error(error)) => return Err(error),
            Err(Stop::Ask) => panic!("knowledge asks nothing"),
        };
        let answer: Value = serde_json::from_str(output.structured.unwrap().get()).unwrap();
        let fault = offered
            .output
            .iter_errors(&answer)
            .next()
            .map(|error| error.to_string());
        assert_eq!(
            fault, None,
            "the answer of {tool} fits its schema: {answer}"
        );
        Ok(answer)
    }

    /// Calls a tool that must succeed.
    pub(crate) async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.call(tool, arguments.clone())
            .await
            .unwrap_or_else(|error| panic!("{tool} {arguments}: {error:?}"))
    }

    /// Calls a tool that must refuse with this code and a message that says all of this.
    pub(crate) async fn refused(&self, tool: &str, arguments: Value, code: Code, says: &[&str]) {
        let shown: String = arguments.to_string().chars().take(200).collect();
        let error = self.call(tool, arguments).await.expect_err(&shown);
        assert_eq!(error.code(), code, "{tool} {shown}: {error:?}");
        for part in says {
            let text = format!("{} {}", error.message(), error.hint_text());
            assert!(
                text.contains(part),
                "{tool} {shown}: {text:?} says {part:?}"
            );
        }
        assert!(
            error.message().len() < 500,
            "a message is short: {}",
            error.message()
        );
    }

    /// Makes a namespace.
    pub(crate) async fn namespace(&self, name: &str) {
        self.ok(
            "create_namespace",
            json!({"name": name, "description": "A team"}),
        )
        .await;
    }

    /// Makes a scope that inherits from these.
    pub(crate) async fn scope(&self, scope: &str, parents: &[&str]) {
        self.ok(
            "create_scope",
            json!({"scope": scope, "description": "A part", "parents": parents}),
        )
        .await;
    }

    /// Writes an entry and returns its id.
    pub(crate) async fn entry(&self, scope: &str, context: &str, content: &str) -> String {
        let answer = self
            .ok(
                "write_knowledge",
                json!({"scope": scope, "context": context, "content": content}),
            )
            .await;
        answer["id"].as_str().unwrap().to_owned()
    }

    /// The ids that queries find, best first.
    pub(crate) async fn find(&self, scope: &str, queries: &[&str]) -> Vec<String> {
        let answer = self
            .ok(
                "get_task_context",
                json!({"scope": scope, "queries": queries}),
            )
            .await;
        let ranking = answer["ranking"].as_array().unwrap();
        ranking
            .iter()
            .map(|place| place["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Runs an effect as a call, where a test needs more than the tools offer.
    pub(crate) async fn write<F>(&self, effect: F) -> Result<()>
    where
        F: for<'t> Fn(&'t mut TenantTx) -> BoxFuture<'t, Result<()>> + Send + 'static,
    {
        self.store
            .write(&self.context("default").await, effect)
            .await
    }

    /// Everything that `get_namespaces` tells.
    pub(crate) async fn details(&self) -> Value {
        self.ok("get_namespaces", json!({"style": "details"})).await["namespaces"].clone()
    }

    /// Ends the store in good order.
    pub(crate) async fn close(self) {
        assert_eq!(
            self.lifecycle.stop(Duration::from_secs(10)).await,
            Stopped::Drained
        );
    }

    async fn context(&self, tenant: &str) -> CallContext {
        let principal = Principal {
            tenant: TenantId::from_stored(tenant),
            id: PrincipalId::from_stored("someone"),
            kind: Kind::User,
            issuer: "genkan:test".into(),
            subject: "someone".into(),
            role: Role::User,
        };
        let place = self.store.records().reserve().await.unwrap();
        let pending = Pending {
            place,
            record: self.record(&principal),
            begun: self.clock.monotonic(),
        };
        CallContext {
            principal: Arc::new(principal),
            profile: ProfileName::default_profile(),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            cancel: CancellationToken::new(),
            correlation_id: CorrelationId::generate(
                &SystemClock,
                &genkan_core::random::SystemRandom,
            ),
            trace: None,
            caller: Arc::new(Nobody),
            ticket: Ticket::new(pending),
            events: None,
            abilities: Default::default(),
            bus: Default::default(),
            deferral: Default::default(),
            dialogue: Dialogue::default(),
        }
    }

    fn record(&self, principal: &Principal) -> Record {
        // Not drawn from the seeded source, so that only knowledge takes from it.
        let random = genkan_core::random::SystemRandom;
        Record {
            tenant: principal.tenant.clone(),
            id: ExecutionId::generate(&SystemClock, &random),
            started: SystemClock.now(),
            duration: Duration::ZERO,
            principal: Some(principal.id.clone()),
            door: Door::McpHttp,
            operation: "tools/call",
            subject: None,
            stage: "run",
            disposition: Disposition::Ok,
            count: 1,
            correlation_id: CorrelationId::generate(&SystemClock, &random),
            personal: Personal::default(),
            has_departed: false,
            answer: None,
        }
    }
}

fn tools(
    store: &Store,
    cache: bool,
    embedder: Option<Arc<dyn Embedder>>,
) -> HashMap<String, Offered> {
    let toolset = KnowledgeToolset::new(
        store.clone(),
        Options {
            cache,
            embedder,
            shared: None,
        },
    );
    toolset.tools().into_iter().map(offered).collect()
}

fn offered(tool: Arc<dyn Tool>) -> (String, Offered) {
    let definition = tool.definition();
    let validator = |schema: &Value| jsonschema::draft202012::new(schema).unwrap();
    let input = validator(&definition.input_schema);
    let output = validator(definition.output_schema.as_ref().unwrap());
    (
        definition.name.to_string(),
        Offered {
            tool,
            definition,
            input,
            output,
        },
    )
}

/// Each reading is a millisecond later, so that ids sort as they were made.
#[derive(Default)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + self.0.fetch_add(1, Ordering::Relaxed))
    }

    fn monotonic(&self) -> Instant {
        Instant::now()
    }
}

/// The same bytes in every run (SplitMix64).
#[derive(Default)]
pub(crate) struct Seeded(AtomicU64);

impl Seeded {
    pub(crate) fn next(&self) -> u64 {
        let state = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound.
    pub(crate) fn below(&self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }
}

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

struct Nobody;

#[async_trait]
impl Caller for Nobody {
    async fn call_tool(&self, _: &str, _: Map<String, Value>) -> Result<ToolOutput> {
        Err(Error::new(Code::UnknownTool, "knowledge calls nothing"))
    }
}
