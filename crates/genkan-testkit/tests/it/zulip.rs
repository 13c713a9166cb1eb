//! The Zulip of the testkit does what a real one does, also where that surprises.

mod rows;

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use genkan_testkit::zulip::{Fault, Generation, Options, User, Zulip};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// Somebody who asks.
struct Asker {
    client: Client,
    site: String,
    user: User,
}

impl Asker {
    fn new(zulip: &Zulip, name: &str) -> Self {
        Self {
            client: Client::new(),
            site: zulip.site.clone(),
            user: zulip.user(name),
        }
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.client
            .request(method, format!("{}/api/v1{path}", self.site))
            .basic_auth(&self.user.email, Some(&self.user.key))
    }

    async fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let form: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        self.ask_form(method, path, &form.join("&")).await
    }

    /// Asks with parameters that are encoded already.
    async fn ask_form(&self, method: &str, path: &str, form: &str) -> (u16, Value) {
        let request = match method {
            "GET" => self.request(method, &format!("{path}?{form}")),
            _ => self
                .request(method, path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.to_owned()),
        };
        told(request).await
    }

    async fn send(&self, topic: &str, content: &str) -> u64 {
        let fields = [
            ("type", "channel"),
            ("to", "general"),
            ("topic", topic),
            ("content", content),
        ];
        let (status, told) = self.ask("POST", "/messages", &fields).await;
        assert_eq!(status, 200, "{told}");
        told["id"].as_u64().unwrap()
    }

    async fn message(&self, id: u64) -> Value {
        let path = format!("/messages/{id}");
        let (_, told) = self.ask("GET", &path, &[("apply_markdown", "false")]).await;
        told["message"].clone()
    }
}

async fn told(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap())
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn only_a_key_in_the_header_signs_in() {
    let zulip = Zulip::start().await;
    let mut hamlet = Asker::new(&zulip, "hamlet");
    let url = format!("{}/api/v1/users/me?api_key={}", zulip.site, hamlet.user.key);
    let (status, _) = told(hamlet.client.get(url)).await;
    assert_eq!(status, 401);
    for (key, message) in [
        ("short", "Malformed API key"),
        (&*"z".repeat(32), "Invalid API key"),
    ] {
        hamlet.user.key = key.to_owned();
        let (status, told) = hamlet.ask("GET", "/users/me", &[]).await;
        assert_eq!((status, told["msg"].as_str()), (401, Some(message)));
    }
}

#[tokio::test]
async fn zulip_cuts_silently_ignores_bodies_of_json_and_names_what_it_ignored() {
    let zulip = Zulip::start().await;
    let hamlet = Asker::new(&zulip, "hamlet");
    let id = hamlet.send(&"t".repeat(61), &"c".repeat(10_001)).await;
    let message = hamlet.message(id).await;
    let content = message["content"].as_str().unwrap();
    assert_eq!(content.len(), 10_000);
    assert!(content.ends_with("\n[message truncated]"));
    assert_eq!(message["subject"].as_str().unwrap().len(), 60);
    let exact = "ü".repeat(10_000);
    let id = hamlet.send("whole", &exact).await;
    assert_eq!(hamlet.message(id).await["content"], exact);
    let body = json!({ "type": "channel", "to": "general", "topic": "t", "content": "x" });
    let (status, answer) = told(hamlet.request("POST", "/messages").json(&body)).await;
    assert_eq!(
        (status, answer["code"].as_str()),
        (400, Some("REQUEST_VARIABLE_MISSING"))
    );
    let (_, answer) = hamlet.ask("GET", "/users/me", &[("moon", "1")]).await;
    assert_eq!(answer["ignored_parameters_unsupported"], json!(["moon"]));
}

#[tokio::test]
async fn a_recipient_is_a_name_a_quoted_name_an_id_or_a_list() {
    let zulip = Zulip::start().await;
    let hamlet = Asker::new(&zulip, "hamlet");
    for to in [
        "general",
        "\"general\"",
        "1",
        "[\"general\"]",
        "GENERAL",
        "#social ☕",
    ] {
        let fields = [
            ("type", "stream"),
            ("to", to),
            ("topic", "t"),
            ("content", "x"),
        ];
        assert_eq!(
            hamlet.ask("POST", "/messages", &fields).await.0,
            200,
            "{to}"
        );
    }
    let both = "iago@zulip.example, cordelia@zulip.example";
    for to in ["1", "[1, 3]", "[\"iago@zulip.example\"]", both] {
        let fields = [("type", "private"), ("to", to), ("content", "x")];
        assert_eq!(
            hamlet.ask("POST", "/messages", &fields).await.0,
            200,
            "{to}"
        );
    }
}

#[tokio::test]
async fn the_older_generation_knows_neither_channel_nor_url() {
    let generation = Generation::Eight;
    let old = Options {
        generation,
        ..Options::default()
    };
    let zulip = Zulip::start_with(old).await;
    let hamlet = Asker::new(&zulip, "hamlet");
    let narrow =
        |operator: &str| format!("[{{\"operator\":\"{operator}\",\"operand\":\"general\"}}]");
    let page = [
        ("anchor", "newest"),
        ("num_before", "9"),
        ("num_after", "0"),
    ];
    for (operator, status) in [("stream", 200), ("channel", 400)] {
        let narrow = narrow(operator);
        let fields = [&page[..], &[("narrow", &*narrow)]].concat();
        assert_eq!(
            hamlet.ask("GET", "/messages", &fields).await.0,
            status,
            "{operator}"
        );
    }
    let body = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\nhello\r\n--b--\r\n";
    let upload = hamlet
        .request("POST", "/user_uploads")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(body);
    let (status, told_of_it) = told(upload).await;
    assert_eq!((status, &told_of_it["url"]), (200, &Value::Null));
    let uri = told_of_it["uri"].as_str().unwrap();
    let (_, temporary) = told(hamlet.request("GET", uri)).await;
    let file = format!("{}{}", zulip.site, temporary["url"].as_str().unwrap());
    let content = hamlet.client.get(file).send().await.unwrap().text().await;
    assert_eq!(content.unwrap(), "hello");
}

#[tokio::test]
async fn the_limit_is_told_with_every_answer_and_kept() {
    let zulip = Zulip::start_with(Options {
        limit: 3,
        window: Duration::from_secs(600),
        ..Options::default()
    })
    .await;
    let (hamlet, iago) = (Asker::new(&zulip, "hamlet"), Asker::new(&zulip, "iago"));
    for left in ["2", "1", "0"] {
        let answer = hamlet.request("GET", "/users/me").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["x-ratelimit-remaining"], left);
        assert_eq!(answer.headers()["x-ratelimit-limit"], "3");
    }
    let refused = hamlet.request("GET", "/users/me").send().await.unwrap();
    assert_eq!(refused.status(), 429);
    let wait: f64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let told: Value = refused.json().await.unwrap();
    assert_eq!(told["code"], "RATE_LIMIT_HIT");
    assert!((500.0..=600.0).contains(&wait) && told["retry-after"].as_f64() == Some(wait));
    assert_eq!(
        iago.ask("GET", "/users/me", &[]).await.0,
        200,
        "each has an own limit"
    );
    assert_eq!(zulip.refused_for_limit(), 1);
}

#[tokio::test]
async fn faults_come_on_demand_and_connections_are_counted() {
    let zulip = Zulip::start().await;
    let hamlet = Asker::new(&zulip, "hamlet");
    zulip.fail("POST /messages", 1, Fault::AfterDoing);
    let fields = [
        ("type", "channel"),
        ("to", "general"),
        ("topic", "t"),
        ("content", "stored"),
    ];
    assert_eq!(hamlet.ask("POST", "/messages", &fields).await.0, 500);
    assert_eq!(
        zulip
            .contents()
            .iter()
            .filter(|content| *content == "stored")
            .count(),
        1
    );
    zulip.fail("GET /users", 1, Fault::Page(502));
    let page = hamlet.request("GET", "/users/me").send().await.unwrap();
    assert_eq!(page.status(), 502);
    assert!(page.text().await.unwrap().contains("<html>"));
    zulip.fail("GET /users", 1, Fault::CutAfterDoing);
    let cut = hamlet.request("GET", "/users/me").send().await;
    assert!(match cut {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    });
    zulip.fail("GET /users", 1, Fault::Limit(0.25));
    let limited = hamlet.request("GET", "/users/me").send().await.unwrap();
    assert_eq!(limited.headers()["retry-after"], "0.25");
    zulip.set_latency(Duration::from_millis(30));
    let began = std::time::Instant::now();
    assert_eq!(hamlet.ask("GET", "/users/me", &[]).await.0, 200);
    assert!(began.elapsed() >= Duration::from_millis(30));
    assert!(
        (1..=3).contains(&zulip.most_connections()),
        "{}",
        zulip.most_connections()
    );
    assert_eq!(
        zulip.asked().first().map(String::as_str),
        Some("POST /messages")
    );
}

#[test]
fn a_zulip_to_try_things_with_says_how_to_reach_it() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_genkan-zulip"))
        .args(["--bind", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told: Vec<String> = lines.take(5).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let names: Vec<_> = told
        .iter()
        .filter_map(|line| line.split('=').next())
        .collect();
    assert_eq!(
        names,
        [
            "ZULIP_SITE",
            "ZULIP_EMAIL",
            "ZULIP_API_KEY",
            "ZULIP_BOT_EMAIL",
            "ZULIP_BOT_API_KEY"
        ]
    );
}
