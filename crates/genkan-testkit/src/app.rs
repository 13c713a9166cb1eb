//! A whole Genkan in the test's process: real store, real keys, real doors on a free port.

use std::{sync::Arc, time::Duration};

use genkan_core::{
    Call, Clock, Operation, Outcome, Random, Result, Role, Secret, Toolset,
    call::{Abilities, Credential, Door, ToolCall},
    id::{CorrelationId, ProfileName},
    lifecycle::{Lifecycle, Stopped},
    random::SystemRandom,
};
use genkan_engine::{Engine, EngineParts, Limits, Probe};
use genkan_identity::{Identity, MasterKey, Purpose, Sealer, bind_store, bootstrap};
use genkan_server::{Parts, Settings};
use genkan_store::Store;
use genkan_toolsets::builtin;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::{HandClock, McpClient, TestDb, TestToolset};

/// What a test may want otherwise.
#[derive(Default)]
pub struct AppOptions {
    /// The bounds of calls. The rate is raised beyond what a test can reach.
    pub limits: Limits,
    /// Makes stages misbehave.
    pub probe: Option<Arc<dyn Probe>>,
    /// Toolsets beside those of the product; `test` if absent.
    pub toolsets: Option<Vec<Arc<dyn Toolset>>>,
    /// The chat for toolset `zulip`, which is absent without one.
    pub zulip: Option<genkan_toolsets::zulip::Chat>,
    /// Changes how the store is opened.
    pub store: Option<fn(&mut genkan_store::Options)>,
    /// Changes how the doors are set.
    pub doors: Option<fn(&mut Settings)>,
}

/// A running application. Its tasks end with the test.
pub struct TestApp {
    /// The store.
    pub store: Store,
    /// The engine.
    pub engine: Arc<Engine>,
    /// The clock, moved by hand.
    pub clock: Arc<HandClock>,
    /// Where the HTTP doors listen: `http://127.0.0.1:…`.
    pub address: String,
    /// The key of the first admin.
    pub admin_key: Secret<String>,
    /// Ends everything.
    pub lifecycle: Lifecycle,
    /// Everything that is offered.
    pub toolsets: Vec<Arc<dyn Toolset>>,
    _folder: Arc<tempfile::TempDir>,
}

impl TestApp {
    /// Starts one with the usual bounds.
    pub async fn start(database: &TestDb) -> Self {
        let mut options = AppOptions::default();
        options.limits.calls_per_minute = 10_000_000;
        Self::start_with(database, options).await
    }

    /// Starts one.
    pub async fn start_with(database: &TestDb, options: AppOptions) -> Self {
        let clock = Arc::new(HandClock::default());
        let shared: Arc<dyn Clock> = clock.clone();
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let lifecycle = Lifecycle::new();
        let master = MasterKey::parse(&Secret::new("0f".repeat(32))).unwrap();
        let mut store_options = database.options(master.subkey(Purpose::Audit));
        if let Some(change) = options.store {
            change(&mut store_options);
        }
        let store = Store::open(store_options, shared.clone(), random.clone(), &lifecycle)
            .await
            .unwrap();
        bind_store(&master, &store).await.unwrap();
        let identity = Identity::new(store.clone(), &master, shared.clone(), random.clone());
        let admin_key = first_key(database, &store, &identity).await;
        let toolsets = builtin(genkan_toolsets::Parts {
            store: store.clone(),
            api_keys: identity.api_keys().clone(),
            zulip: options.zulip.map(Into::into),
            knowledge: genkan_toolsets::knowledge::Options::default(),
            metrics: None,
            judge: None,
            others: options
                .toolsets
                .unwrap_or_else(|| vec![Arc::new(TestToolset)]),
        });
        let offered = toolsets.clone();
        let parts = EngineParts {
            store: store.clone(),
            sealer: Sealer::new(&master.subkey(Purpose::RequestState)),
            identity,
            toolsets,
            clock: shared.clone(),
            random: random.clone(),
            limits: options.limits,
            redis: None,
            probe: options.probe,
        };
        let engine = Engine::new(parts, &lifecycle).unwrap();
        let mut settings = Settings::default();
        if let Some(change) = options.doors {
            change(&mut settings);
        }
        let address = listen(&engine, settings, shared, random, &lifecycle).await;
        Self {
            store,
            engine,
            clock,
            address,
            admin_key,
            lifecycle,
            toolsets: offered,
            _folder: database.keep_folder(),
        }
    }

    /// A key of the given role, made through the `admin` toolset.
    pub async fn key(&self, role: Role) -> Secret<String> {
        let name = format!("{} {}", role.as_str(), uuid::Uuid::new_v4());
        let answer = self
            .admin(
                "admin_key_create",
                json!({ "name": name, "role": role.as_str() }),
            )
            .await;
        Secret::new(answer["key"].as_str().unwrap().to_owned())
    }

    /// Calls a tool of the `admin` toolset as the first admin and returns its structured answer.
    pub async fn admin(&self, tool: &str, arguments: Value) -> Value {
        let mut call = self.call(tool, arguments);
        call.profile = ProfileName::parse("admin").unwrap();
        structured(self.engine.call(call).await)
    }

    /// A call of the tool as the first admin, to be changed and given to the engine.
    pub fn call(&self, tool: &str, arguments: Value) -> Call {
        let arguments: Map<String, Value> = arguments.as_object().unwrap().clone();
        Call {
            operation: Operation::CallTool(ToolCall {
                name: tool.to_owned(),
                arguments,
                ..ToolCall::default()
            }),
            credential: Credential::ApiKey(self.admin_key.clone()),
            door: Door::McpHttp,
            profile: ProfileName::default_profile(),
            correlation_id: CorrelationId::generate(&*self.clock, &SystemRandom),
            trace: None,
            source: "127.0.0.1".into(),
            abilities: Abilities {
                elicitation_form: true,
                ..Abilities::default()
            },
            events: None,
            cancel: CancellationToken::new(),
        }
    }

    /// A client of the modern era with the first admin's key.
    pub fn client(&self) -> McpClient {
        McpClient::new(&self.address, Some(self.admin_key.clone()))
    }

    /// What `audit verify` says; everything queued is written first.
    pub async fn verify(&self) -> Value {
        self.store.records().flush().await.unwrap();
        self.admin("admin_audit_verify", json!({})).await
    }

    /// Stops it in order, as the binary does.
    pub async fn stop(self) {
        let stopped = self.lifecycle.stop(Duration::from_secs(10)).await;
        assert_eq!(stopped, Stopped::Drained, "every task ends in time");
    }
}

/// The structured content of an answer that is no failure.
pub fn structured(result: Result<Outcome>) -> Value {
    match result.unwrap() {
        Outcome::Tool(output) if !output.is_error => {
            serde_json::from_str(output.structured.as_ref().unwrap().get()).unwrap()
        }
        other => panic!("the call did not do what it should: {other:?}"),
    }
}

/// A store that is opened again has its first key already; the test's folder remembers it.
async fn first_key(database: &TestDb, store: &Store, identity: &Identity) -> Secret<String> {
    let file = database.folder().join("admin.key");
    if let Some(key) = bootstrap(store, identity).await.unwrap() {
        std::fs::write(&file, key.expose()).unwrap();
    }
    Secret::new(std::fs::read_to_string(&file).unwrap())
}

async fn listen(
    engine: &Arc<Engine>,
    settings: Settings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    lifecycle: &Lifecycle,
) -> String {
    let parts = Parts {
        engine: Arc::clone(engine),
        settings: settings.into(),
        clock,
        random,
        lifecycle: lifecycle.clone(),
        metrics: Arc::new(String::new),
        system: Arc::new(Default::default),
        ready: Vec::new(),
        version: env!("CARGO_PKG_VERSION"),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = genkan_server::router(parts);
    let until = lifecycle.clone();
    lifecycle.start("test http", async move {
        genkan_server::serve(listener, router, &until)
            .await
            .unwrap()
    });
    address
}
