//! PostgreSQL is away at the start, goes away while calls come, and comes back.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use genkan_testkit::{
    McpClient,
    binary::{Server, entry},
    proxy::{Mode, Proxy},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    dump::Dump,
    house::{House, admin, until},
};

/// Far beyond what the store takes to notice either change.
const LIMIT: Duration = Duration::from_secs(20);
const WRITE: &str = "knowledge_write_knowledge";
const SEARCH: &str = "knowledge_get_task_context";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_names_a_database_that_is_down_at_its_start() {
    let house = House::sqlite()
        .with("GENKAN_STORE__URL", "postgres://nobody:hush@127.0.0.1:1/x")
        .with("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32));
    let rows: [&[&str]; 6] = [
        &["serve", "--bind", "127.0.0.1:0"],
        &["stdio"],
        &["migrate"],
        &["key", "list"],
        &["tools", "list"],
        &["audit", "verify"],
    ];
    for words in rows {
        let ended = house.binary.run(words);
        assert_eq!(ended.code, Some(1), "{words:?}: {ended:?}");
        let is_named = ended.err.contains("error[store_unavailable]");
        assert!(is_named, "{words:?}: {ended:?}");
        assert!(!ended.err.contains("hush"), "{words:?}: {ended:?}");
        assert_eq!(ended.out, "", "{words:?}");
    }
}

/// `/ready` as status and body.
fn ready(server: &Server) -> (u16, Value) {
    let answer = server.get("/ready", None);
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

async fn until_ready(server: &Server, status: u16) -> Value {
    until(LIMIT, "`/ready` turns", || async {
        let (now, body) = ready(server);
        (now == status).then_some(body)
    })
    .await
}

/// The store does not try again at once after a failure. Returns how many writes it refused until
/// it did; each of them says why.
async fn refused_until_written(client: &McpClient) -> i64 {
    let begun = Instant::now();
    let mut refused = 0;
    loop {
        let answer = client.call(WRITE, entry("after")).await;
        if answer.status == 200 {
            answer.structured();
            return refused;
        }
        assert_eq!(answer.code().as_deref(), Some("store_unavailable"));
        assert!(begun.elapsed() < LIMIT, "writes are still refused");
        refused += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_are_refused_while_the_database_is_away_and_answered_when_it_is_back() {
    let Some(house) = House::postgres().await else {
        return;
    };
    let proxy = Proxy::before(house.url.as_deref().unwrap()).await;
    let house = house.with("GENKAN_STORE__URL", &proxy.url);
    let server = house.binary.serve();
    let client = admin(&server);
    client.call(WRITE, entry("before")).await.structured();
    assert_eq!(ready(&server).0, 200);

    proxy.set(Mode::Away);
    let search = json!({ "queries": ["tides"], "scope": "global:default" });
    for (tool, arguments) in [(WRITE, entry("during")), (SEARCH, search.clone())] {
        let refused = client.call(tool, arguments).await;
        let said = (refused.status.as_u16(), refused.code());
        assert_eq!(
            said,
            (503, Some("store_unavailable".into())),
            "{tool}: {refused:?}"
        );
    }
    let told = until_ready(&server, 503).await;
    assert_eq!(told["checks"]["database"], "unhealthy", "{told}");
    assert_eq!(
        told["errors"]["database"]["code"], "store_unavailable",
        "{told}"
    );
    assert_eq!(server.get("/health", None).status, 200, "it lives");

    proxy.set(Mode::Pass);
    until_ready(&server, 200).await;
    let more = refused_until_written(&client).await;
    let found = client.call(SEARCH, search).await;
    let text = found.structured().to_string();
    assert!(text.contains("before") && text.contains("after"), "{text}");
    assert!(!text.contains("during"), "{text}");

    // The records of the refused calls waited for the database. Where the key could not be looked
    // up any more, the call is counted among the failed sign-ins.
    assert_eq!(server.terminate(), Some(0));
    let dump = Dump::of(&house.binary);
    let refused = dump.rows("record").iter();
    let refused = refused.filter(|row| row["code"] == "store_unavailable");
    let count: i64 = refused.map(|row| row["count"].as_i64().unwrap()).sum();
    assert_eq!(count, 2 + more);
    house.verify();
}

/// What clients under load were answered.
#[derive(Default)]
struct Answered {
    written: Mutex<Vec<String>>,
    refused: AtomicUsize,
}

impl Answered {
    fn written(&self) -> usize {
        self.written.lock().unwrap().len()
    }

    /// Writes again and again until it is over. Every call is answered, and each refusal says why.
    async fn write(self: Arc<Self>, client: McpClient, name: usize, over: Arc<AtomicBool>) {
        for number in 0.. {
            if over.load(Ordering::Relaxed) {
                return;
            }
            let text = format!("writer{name}entry{number}");
            let answer = client.call(WRITE, entry(&text)).await;
            if answer.status == 200 && answer.body["result"]["isError"] != true {
                self.written.lock().unwrap().push(text);
                continue;
            }
            // One whose commit was under way when the connection broke may be there or not.
            let code = answer.code();
            let codes = ["store_unavailable", "store_busy", "outcome_unknown"];
            assert!(codes.contains(&code.as_deref().unwrap()), "{answer:?}");
            self.refused.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// How the database goes away.
#[derive(Clone, Copy)]
enum Way {
    /// Nothing gets there any more.
    Cut,
    /// It says so on every connection, ends it, and takes no other.
    Closed,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn under_load_every_call_is_answered_and_nothing_answered_is_lost() {
    under_load(Way::Cut).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_answered_is_lost_when_the_database_ends_its_connections() {
    under_load(Way::Closed).await;
}

async fn under_load(way: Way) {
    let Some(house) = House::postgres().await else {
        return;
    };
    let proxy = Proxy::before(house.url.as_deref().unwrap()).await;
    let house = house.with("GENKAN_STORE__URL", &proxy.url);
    let server = house.binary.serve();
    let (answered, over) = (Arc::new(Answered::default()), Arc::<AtomicBool>::default());
    let mut writers = JoinSet::new();
    for name in 0..4 {
        let (client, over) = (admin(&server), Arc::clone(&over));
        writers.spawn(Arc::clone(&answered).write(client, name, over));
    }
    let some = |what: &'static str, of: fn(&Answered) -> usize, more: usize| {
        let goal = of(&answered) + more;
        let answered = Arc::clone(&answered);
        until(LIMIT, what, move || {
            let is_reached = of(&answered) >= goal;
            async move { is_reached.then_some(()) }
        })
    };
    let refused = |answered: &Answered| answered.refused.load(Ordering::Relaxed);
    for _ in 0..2 {
        some("calls are answered", Answered::written, 10).await;
        match way {
            Way::Cut => proxy.set(Mode::Away),
            Way::Closed => house.postgres_of_its_own().close().await,
        }
        some("calls are refused", refused, 10).await;
        until_ready(&server, 503).await;
        match way {
            Way::Cut => proxy.set(Mode::Pass),
            Way::Closed => house.postgres_of_its_own().open().await,
        }
        until_ready(&server, 200).await;
    }
    some("calls are answered again", Answered::written, 10).await;
    over.store(true, Ordering::Relaxed);
    writers.join_all().await;
    assert_eq!(server.terminate(), Some(0));
    let there = Dump::of(&house.binary).contents();
    for text in &*answered.written.lock().unwrap() {
        assert!(there.binary_search(text).is_ok(), "{text} is lost");
    }
    house.verify();
}
