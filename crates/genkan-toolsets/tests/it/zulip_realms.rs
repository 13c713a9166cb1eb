//! Several organisations: each call names one, and reaches that one alone.

use std::sync::Arc;

use genkan_core::Toolset;
use genkan_testkit::{
    Answer, AppOptions, McpClient, TestApp, TestDb,
    zulip::{self, Zulip},
};
use genkan_toolsets::zulip::{Realm, Realms, ZulipToolset};
use serde_json::{Value, json};

/// Two organisations behind one server.
struct Two {
    acme: Zulip,
    beta: Zulip,
    client: McpClient,
    _app: TestApp,
}

impl Two {
    async fn start(database: &TestDb) -> Self {
        let (acme, beta) = (Zulip::start().await, Zulip::start().await);
        let realm = |name: &str, zulip: &Zulip| Realm {
            name: name.to_owned(),
            chat: zulip::chat(zulip.access("hamlet")),
        };
        let realms = Realms::Several(vec![realm("acme", &acme), realm("beta", &beta)]);
        let toolset: Arc<dyn Toolset> = Arc::new(ZulipToolset::new(realms));
        let options = AppOptions {
            toolsets: Some(vec![toolset]),
            ..AppOptions::default()
        };
        let app = TestApp::start_with(database, options).await;
        Self {
            client: app.client(),
            acme,
            beta,
            _app: app,
        }
    }

    async fn sends(&self, message: Value) -> Answer {
        self.client.call("zulip_send_message", message).await
    }

    async fn request(&self, method: &str, params: Value) -> Value {
        let answer = self.client.request("/mcp/zulip", method, params).await;
        answer.body
    }

    async fn result(&self, method: &str, params: Value) -> Value {
        self.request(method, params).await["result"].clone()
    }
}

fn to(realm: Option<&str>, content: &str) -> Value {
    let mut message =
        json!({"type": "channel", "to": "general", "topic": "realms", "content": content});
    if let Some(realm) = realm {
        message["realm"] = json!(realm);
    }
    message
}

#[tokio::test]
async fn a_message_goes_to_the_organisation_that_is_named_and_to_no_other() {
    let two = Two::start(&TestDb::sqlite()).await;
    for realm in ["acme", "beta"] {
        let sent = two.sends(to(Some(realm), &format!("for {realm}"))).await;
        assert!(sent.structured()["id"].is_u64());
    }
    let has = |zulip: &Zulip, text: &str| zulip.contents().iter().any(|content| content == text);
    assert!(has(&two.acme, "for acme") && !has(&two.acme, "for beta"));
    assert!(has(&two.beta, "for beta") && !has(&two.beta, "for acme"));
}

#[tokio::test]
async fn without_a_name_or_with_another_nothing_is_asked_and_the_names_are_told() {
    let two = Two::start(&TestDb::sqlite()).await;
    for realm in [None, Some("gamma"), Some("")] {
        let told = two.sends(to(realm, "for nobody")).await.body.to_string();
        assert!(told.contains("invalid_arguments"), "{realm:?}: {told}");
        assert!(
            told.contains("acme") && told.contains("beta"),
            "{realm:?}: {told}"
        );
    }
    assert!(two.acme.asked().is_empty() && two.beta.asked().is_empty());
}

#[tokio::test]
async fn every_tool_and_prompt_takes_the_organisation_and_only_where_there_are_several() {
    let zulip = Zulip::start().await;
    let chat = zulip::chat(zulip.access("hamlet"));
    let realm = |name: &str| Realm {
        name: name.to_owned(),
        chat: chat.clone(),
    };
    let several = Realms::Several(vec![realm("acme"), realm("beta")]);
    let (one, several) = (ZulipToolset::new(chat.clone()), ZulipToolset::new(several));
    assert_eq!(one.tools().len(), several.tools().len());
    for (one, several) in one.tools().into_iter().zip(several.tools()) {
        let (one, several) = (one.definition(), several.definition());
        assert_eq!(one.name, several.name);
        let realm = |schema: &Value| schema["properties"]["realm"]["enum"].clone();
        assert_eq!(realm(&one.input_schema), Value::Null, "{}", one.name);
        assert_eq!(
            realm(&several.input_schema),
            json!(["acme", "beta"]),
            "{}",
            one.name
        );
    }
    for (one, several) in one.prompts().into_iter().zip(several.prompts()) {
        let (one, several) = (one.definition(), several.definition());
        assert_eq!(several.arguments.len(), one.arguments.len() + 1);
        assert_eq!(
            (
                several.arguments[0].name.as_str(),
                several.arguments[0].required
            ),
            ("realm", true)
        );
    }
}

#[tokio::test]
async fn resources_and_prompts_are_of_the_organisation_in_their_uri_or_argument() {
    let two = Two::start(&TestDb::sqlite()).await;
    two.beta.fill("general", "only here", 1);
    let listed = two.result("resources/list", json!({})).await;
    let uris: Vec<&str> = listed["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|resource| resource["uri"].as_str())
        .collect();
    for uri in [
        "zulip://acme/channels",
        "zulip://beta/users",
        "zulip://beta/channel/general",
    ] {
        assert!(uris.contains(&uri), "{uris:?}");
    }
    let read = async |uri: &str| {
        let read = two.result("resources/read", json!({"uri": uri})).await;
        assert_eq!(read["contents"][0]["uri"], uri);
        read["contents"][0]["text"].to_string()
    };
    assert!(
        read("zulip://beta/channel/general")
            .await
            .contains("only here")
    );
    assert!(
        !read("zulip://acme/channel/general")
            .await
            .contains("only here")
    );
    for uri in [
        "zulip://gamma/channels",
        "zulip://channels",
        "zulip://acme/nothing",
    ] {
        let answer = two.request("resources/read", json!({"uri": uri})).await;
        assert_eq!(
            answer["error"]["data"]["code"], "unknown_resource",
            "{answer}"
        );
        assert!(
            answer["error"]["message"].as_str().unwrap().contains(uri),
            "{answer}"
        );
    }
    let asked = |arguments: Value| json!({"name": "zulip_catch_up", "arguments": arguments});
    let got = asked(json!({"realm": "beta", "channel": "general"}));
    let got = two.result("prompts/get", got).await;
    assert!(got.to_string().contains("only here"), "{got}");
    let unnamed = asked(json!({"channel": "general"}));
    let refused = two.request("prompts/get", unnamed).await;
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .contains("`realm` is missing"),
        "{refused}"
    );
}

#[tokio::test]
async fn names_of_organisations_are_completed_and_then_what_is_theirs() {
    let two = Two::start(&TestDb::sqlite()).await;
    let complete = async |reference: Value, argument: Value, context: Value| {
        let asked =
            json!({"ref": reference, "argument": argument, "context": {"arguments": context}});
        let told = two.result("completion/complete", asked).await;
        told["completion"]["values"].clone()
    };
    let prompt = json!({"type": "ref/prompt", "name": "zulip_catch_up"});
    let template = json!({"type": "ref/resource", "uri": "zulip://{realm}/channel/{name}"});
    for (reference, name) in [(prompt, "channel"), (template, "name")] {
        let realm = json!({"name": "realm", "value": "be"});
        assert_eq!(
            complete(reference.clone(), realm, json!({})).await,
            json!(["beta"])
        );
        let channel = json!({"name": name, "value": "gen"});
        let of = json!({"realm": "beta"});
        assert_eq!(
            complete(reference.clone(), channel.clone(), of).await,
            json!(["general"])
        );
        assert_eq!(complete(reference, channel, json!({})).await, json!([]));
    }
    assert!(two.acme.asked().is_empty());
}
