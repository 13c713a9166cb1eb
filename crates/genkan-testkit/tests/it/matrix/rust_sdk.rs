//! The Rust SDK (rmcp), in this process.

use std::time::Duration;

use rmcp::{
    ClientHandler, ErrorData, Peer, RoleClient,
    model::{
        CallToolRequest, CallToolRequestParams, CallToolResponse, ClientConfig, ClientRequest,
        ElicitRequestParams, ElicitResult, ElicitationAction, GetTaskParams,
        ProgressNotificationParam, ProtocolVersion, ResourceUpdatedNotificationParam,
        ServerNotification, SubscriptionFilter,
    },
    service::{
        ClientLifecycleMode, ClientServiceExt, NotificationContext, PeerRequestOptions,
        RequestContext, RunningService,
    },
    transport::{
        StreamableHttpClientTransport, TokioChildProcess,
        streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::{process::Command, sync::watch};

use super::{Player, Stage, Way};

const MODERN: &str = "2026-07-28";

#[derive(Clone)]
pub(crate) struct RustSdk;

/// What the client is told, and how it answers.
#[derive(Clone)]
struct Ears {
    revision: &'static str,
    answer: Value,
    progress: watch::Sender<Vec<Value>>,
    updated: watch::Sender<Option<String>>,
}

type Client = RunningService<RoleClient, Ears>;

/// The types of the SDK are made from their wire form, in which the scenario has them.
fn model<T: DeserializeOwned>(wire: Value) -> T {
    serde_json::from_value(wire).unwrap()
}

impl ClientHandler for Ears {
    fn get_info(&self) -> ClientConfig {
        model(json!({
            "protocolVersion": self.revision,
            "capabilities": {
                "elicitation": {},
                "extensions": { "io.modelcontextprotocol/tasks": {} },
            },
            "clientInfo": { "name": "scenario", "version": "1" },
        }))
    }

    async fn create_elicitation(
        &self,
        _request: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let accepted = ElicitResult::new(ElicitationAction::Accept);
        Ok(accepted.with_content(self.answer.clone()))
    }

    async fn on_progress(
        &self,
        told: ProgressNotificationParam,
        _context: NotificationContext<RoleClient>,
    ) {
        #[allow(clippy::cast_possible_truncation, reason = "whole and small")]
        let (done, total) = (told.progress as i64, told.total.map(|total| total as i64));
        let told = json!([done, total, told.message]);
        self.progress.send_modify(|all| all.push(told));
    }

    async fn on_resource_updated(
        &self,
        told: ResourceUpdatedNotificationParam,
        _context: NotificationContext<RoleClient>,
    ) {
        self.updated.send_replace(Some(told.uri));
    }
}

impl Player for RustSdk {
    const NAME: &'static str = "Rust SDK";

    /// It has no HTTP+SSE.
    fn plays(&self, way: Way) -> bool {
        way.transport != "sse"
    }

    fn can(&self, _way: Way, _step: &str) -> bool {
        true
    }

    fn play(&self, stage: &Stage, steps: &Value) -> Value {
        tokio::runtime::Handle::current().block_on(async {
            let begun = Playing::begin(stage, steps).await;
            let ended =
                tokio::time::timeout(Duration::from_secs(60), begun.play(stage.way(), steps));
            ended.await.expect("it takes too long")
        })
    }
}

struct Playing {
    client: Client,
    ears: Ears,
}

impl Playing {
    async fn begin(stage: &Stage, steps: &Value) -> Self {
        let revision = stage.way().revision;
        let asks = steps.as_array().unwrap().iter();
        let answer = asks.filter_map(|step| step.get("answer")).next().unwrap();
        let ears = Ears {
            revision,
            answer: answer.clone(),
            progress: watch::Sender::default(),
            updated: watch::Sender::default(),
        };
        let lifecycle = match revision {
            MODERN => ClientLifecycleMode::Discover {
                preferred_versions: vec![model::<ProtocolVersion>(json!(MODERN))],
            },
            _ => ClientLifecycleMode::Initialize,
        };
        let serving = ears.clone();
        let client = match stage.url() {
            Some(url) => {
                let config = StreamableHttpClientTransportConfig::with_uri(url);
                let config = config.auth_header(stage.key().unwrap());
                let transport = StreamableHttpClientTransport::from_config(config);
                serving.serve_with_lifecycle(transport, lifecycle).await
            }
            None => {
                let [program, arguments @ ..] = &stage.command()[..] else {
                    unreachable!("a command has a program")
                };
                let mut command = Command::new(program);
                command.args(arguments).env_clear().envs(stage.variables());
                let transport = TokioChildProcess::new(command).unwrap();
                serving.serve_with_lifecycle(transport, lifecycle).await
            }
        };
        Self {
            client: client.unwrap(),
            ears,
        }
    }

    async fn play(self, way: Way, steps: &Value) -> Value {
        let server = self.client.peer_info().unwrap();
        let mut outcomes = json!({ "revision": server.protocol_version });
        for step in steps.as_array().unwrap() {
            if step["since"]
                .as_str()
                .is_some_and(|since| way.revision < since)
            {
                continue;
            }
            let name = step["step"].as_str().unwrap();
            outcomes[name] = match name {
                "lists" => self.lists(step).await,
                "progress" => self.progress(step).await,
                "cancel" => self.cancel(step).await,
                "call" | "ask" => self.call(step).await,
                "listen" => self.listen(way, step).await,
                "read" => self.read(step).await,
                "prompt" => self.prompt(step).await,
                "complete" => self.complete(step).await,
                "task" => self.task(step).await,
                other => panic!("no step is called `{other}`"),
            };
        }
        self.client.cancel().await.unwrap();
        outcomes
    }

    fn peer(&self) -> &Peer<RoleClient> {
        self.client.peer()
    }

    async fn lists(&self, step: &Value) -> Value {
        let tools = self.peer().list_all_tools().await.unwrap();
        let expected = step["expect"]["tools"].as_array().unwrap().iter();
        let tools: Vec<_> = expected
            .filter(|name| tools.iter().any(|tool| *name == tool.name.as_ref()))
            .collect();
        let (mut cursor, mut numbered) = (None, 0);
        loop {
            let params = model(json!({ "cursor": cursor }));
            let page = self.peer().list_resources(Some(params)).await.unwrap();
            let uris = page.resources.iter().map(|resource| resource.uri.as_str());
            numbered += uris.filter(|uri| uri.starts_with("numbered://")).count();
            cursor = page.next_cursor;
            if cursor.is_none() {
                return json!({ "tools": tools, "resources": numbered });
            }
        }
    }

    /// Its handlers run beside each other, so that the last may be heard after the answer.
    async fn progress(&self, step: &Value) -> Value {
        self.ears.progress.send_replace(Vec::new());
        self.client.call_tool(call(step)).await.unwrap();
        let all = step["expect"].as_array().unwrap().len();
        let mut heard = self.ears.progress.subscribe();
        let heard = heard.wait_for(|heard| heard.len() >= all).await.unwrap();
        let mut heard = heard.clone();
        heard.sort_by_key(|told| told[0].as_i64());
        Value::Array(heard)
    }

    async fn cancel(&self, step: &Value) -> Value {
        self.ears.progress.send_replace(Vec::new());
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(call(step)));
        let sent = self
            .peer()
            .send_cancellable_request(request, PeerRequestOptions::no_options())
            .await
            .unwrap();
        let mut heard = self.ears.progress.subscribe();
        heard.wait_for(|heard| !heard.is_empty()).await.unwrap();
        sent.cancel(None).await.unwrap();
        "cancelled".into()
    }

    async fn call(&self, step: &Value) -> Value {
        let result = self.client.call_tool(call(step)).await.unwrap();
        text(&json!(result.content))
    }

    /// The stream of a session opens in its own time, so that the change is made until it is told.
    async fn listen(&self, way: Way, step: &Value) -> Value {
        let uri = step["uri"].as_str().unwrap();
        let changes = async {
            loop {
                self.client.call_tool(call(step)).await.unwrap();
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        let told = async {
            if way.revision == MODERN {
                let filter: SubscriptionFilter = model(json!({ "resourceSubscriptions": [uri] }));
                let mut subscription = self.peer().listen(filter).await.unwrap();
                let told = subscription.next().await.unwrap();
                subscription.cancel().await.unwrap();
                let Some(ServerNotification::ResourceUpdatedNotification(told)) = told else {
                    panic!("something else was told: {told:?}")
                };
                return told.params.uri;
            }
            #[allow(deprecated, reason = "sessions subscribe in this way")]
            self.peer()
                .subscribe(model(json!({ "uri": uri })))
                .await
                .unwrap();
            let mut updated = self.ears.updated.subscribe();
            let updated = updated.wait_for(Option::is_some).await.unwrap();
            updated.clone().unwrap()
        };
        tokio::select! {
            uri = told => uri.into(),
            () = changes => unreachable!("it never ends"),
        }
    }

    async fn read(&self, step: &Value) -> Value {
        let params = model(json!({ "uri": step["uri"] }));
        let result = self.client.read_resource(params).await.unwrap();
        text(&json!(result.contents))
    }

    async fn prompt(&self, step: &Value) -> Value {
        let params = model(json!({ "name": step["prompt"], "arguments": step["arguments"] }));
        let result = self.client.get_prompt(params).await.unwrap();
        let messages = json!(result.messages);
        let contents = messages.as_array().unwrap().iter();
        text(&contents.map(|message| message["content"].clone()).collect())
    }

    async fn complete(&self, step: &Value) -> Value {
        let reference = json!({ "type": "ref/prompt", "name": step["prompt"] });
        let params = model(json!({ "ref": reference, "argument": step["argument"] }));
        json!(
            self.peer()
                .complete(params)
                .await
                .unwrap()
                .completion
                .values
        )
    }

    async fn task(&self, step: &Value) -> Value {
        let CallToolResponse::Task(created) = self.peer().call_tool_once(call(step)).await.unwrap()
        else {
            panic!("the call did not become a task")
        };
        let id = created.task.task_id;
        loop {
            let params: GetTaskParams = model(json!({ "taskId": id }));
            let task = json!(self.peer().get_task(params).await.unwrap());
            if task["status"] != "working" {
                return text(&task["result"]["content"]);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn call(step: &Value) -> CallToolRequestParams {
    let arguments = step.get("arguments").cloned();
    let arguments = arguments.unwrap_or(Value::Object(Map::new()));
    model(json!({ "name": step["tool"], "arguments": arguments }))
}

/// The texts of blocks, one after the other.
fn text(blocks: &Value) -> Value {
    let texts = blocks.as_array().unwrap().iter();
    let texts: String = texts.filter_map(|block| block["text"].as_str()).collect();
    texts.into()
}
