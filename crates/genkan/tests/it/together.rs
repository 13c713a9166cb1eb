//! Two instances on one PostgreSQL, behind a load balancer that knows nothing: what they share at a
//! Redis, and what they do while it is away.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use genkan_testkit::{RedisServer, TestDb, round_robin};
use serde_json::{Value, json};
use sqlx::Connection;

use crate::binary::{Binary, Server, call, entry, genkan, http, modern, search};

/// How long what should happen within a second may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A database with its schema, and a binary for each instance.
pub(crate) async fn database(variables: &[(&str, &str)]) -> Option<(TestDb, [Binary; 2])> {
    let Some(database) = TestDb::postgres().await else {
        eprintln!("skipped: GENKAN_TEST_POSTGRES is not set");
        return None;
    };
    let binaries = [(); 2].map(|()| {
        let binary = genkan()
            .variable("GENKAN_STORE__URL", &database.url().unwrap())
            .variable("GENKAN_STORE__AUTO_MIGRATE", "true")
            .variable("GENKAN_SERVER__BIND", "127.0.0.1:0")
            .variable("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32));
        let variables = variables.iter();
        variables.fold(binary, |binary, (name, value)| binary.variable(name, value))
    });
    Some((database, binaries))
}

/// The same with a Redis of their own, at which the instances meet.
async fn at_redis(variables: &[(&str, &str)]) -> Option<(RedisServer, TestDb, [Binary; 2])> {
    let redis = RedisServer::start()?;
    let url = redis.url();
    let variables = [&[("REDIS_URL", url.as_str())], variables].concat();
    let (database, binaries) = database(&variables).await?;
    Some((redis, database, binaries))
}

/// Waits until it is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn ready(server: &Server) -> Value {
    serde_json::from_str(&server.get("/ready", None).body).unwrap()
}

fn until_redis_is(word: &str, servers: &[&Server]) {
    for server in servers {
        until(word, || ready(server)["checks"]["redis"] == word);
    }
}

/// Every instance says so of its connection to Redis, sooner or later.
fn until_connections_are(count: &str, servers: &[&Server], key: &str) {
    let line = format!("\nredis_connections_active {count}\n");
    for server in servers {
        until(&line, || {
            server.get("/metrics", Some(key)).body.contains(&line)
        });
    }
}

/// Begins to listen to which tools there are.
pub(crate) fn listen(server: &Server, key: &str) -> Lines<BufReader<TcpStream>> {
    let wanted = json!({ "notifications": { "toolsListChanged": true } });
    let message = modern(1, "subscriptions/listen", wanted);
    let body = message.to_string();
    let head = http::mcp_head(server.address(), "/mcp", key, &message, body.len());
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "{head}{body}").unwrap();
    let mut lines = BufReader::new(stream).lines();
    assert!(lines.any(|line| line.unwrap().contains("acknowledged")));
    lines
}

fn hears_of_tools(lines: &mut Lines<BufReader<TcpStream>>) {
    assert!(lines.any(|line| line.unwrap().contains("notifications/tools/list_changed")));
}

fn switch(server: &Server, key: &str, tool: &str) {
    let arguments = json!({ "tool": "knowledge_write_knowledge" });
    let message = modern(1, "tools/call", call(tool, arguments));
    let answer = http::mcp(server.address(), "/mcp/admin", key, &message);
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn offers_writing(server: &Server, key: &str) -> bool {
    let listed = server.mcp(key, "tools/list", json!({}));
    listed.body.contains("\"knowledge_write_knowledge\"")
}

/// Through whichever instance comes next.
fn ask(address: &str, key: &str, params: Value) -> Value {
    let answer = http::mcp(address, "/mcp", key, &modern(1, "tools/call", params));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    assert_ne!(answer["result"]["isError"], true, "{answer}");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_kept_while_redis_comes_and_goes() {
    let Some((mut redis, _database, [first, second])) = at_redis(&[]).await else {
        return;
    };
    let (first, second) = (first.serve(), second.serve());
    let key = first.admin_key();
    until_redis_is("healthy", &[&first, &second]);
    assert_eq!(ready(&second)["checks"]["instances"], "healthy");
    let servers = [&first, &second].map(|server| server.address().to_owned());
    let balanced = round_robin(servers.into()).await;
    let write = |n: u32| {
        let content = format!("king tide {n}");
        ask(
            &balanced,
            &key,
            call("knowledge_write_knowledge", entry(&content)),
        );
    };

    let mut heard = listen(&second, &key);
    switch(&first, &key, "admin_tool_disable");
    hears_of_tools(&mut heard);
    until("the tool is gone everywhere", || {
        !offers_writing(&second, &key)
    });
    switch(&first, &key, "admin_tool_enable");
    hears_of_tools(&mut heard);
    until("the tool is back", || offers_writing(&second, &key));
    (0..2).for_each(write);

    until_connections_are("1", &[&first, &second], &key);
    redis.stop();
    until_redis_is("degraded", &[&first, &second]);
    until_connections_are("0", &[&first, &second], &key);
    let told = ready(&first);
    assert_eq!(told["status"], "ready", "{told}");
    assert_eq!(
        told["warnings"]["redis"]["code"], "redis_unavailable",
        "{told}"
    );
    (2..4).for_each(write);
    // Nobody tells the other one, who looks for itself.
    switch(&first, &key, "admin_tool_disable");
    until("the tool is gone everywhere", || {
        !offers_writing(&second, &key)
    });
    switch(&first, &key, "admin_tool_enable");
    until("the tool is back", || offers_writing(&second, &key));

    redis.start_again();
    // Who was away takes everything for changed.
    hears_of_tools(&mut heard);
    until_redis_is("healthy", &[&first, &second]);
    until_connections_are("1", &[&first, &second], &key);
    let mut heard = listen(&first, &key);
    switch(&second, &key, "admin_tool_disable");
    hears_of_tools(&mut heard);
    until("the tool is gone everywhere", || {
        !offers_writing(&first, &key)
    });
    for _ in 0..2 {
        let found = ask(&balanced, &key, search()).to_string();
        for n in 0..4 {
            assert!(found.contains(&format!("king tide {n}")), "{n}: {found}");
        }
    }
}

/// How long it takes from a change on until it is seen, less what a call takes at this moment.
fn seen_after(change: impl FnOnce(), mut is_seen: impl FnMut() -> bool) -> Duration {
    let asked = Instant::now();
    assert!(!is_seen(), "it is seen before it happened");
    let a_call = asked.elapsed();
    change();
    let changed = Instant::now();
    until("it is seen", is_seen);
    changed.elapsed().saturating_sub(a_call)
}

/// On a busy machine one round may take longer: the one in the middle counts.
fn within_a_second(what: &str, mut took: [Duration; 7]) {
    took.sort_unstable();
    let middle = took[took.len() / 2];
    assert!(middle <= Duration::from_secs(1), "{what}: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_seen_on_the_other_instance_within_a_second() {
    let Some((_redis, _database, [first, second])) = at_redis(&[]).await else {
        return;
    };
    let (first, second) = (first.serve(), second.serve());
    let key = first.admin_key();
    until_redis_is("healthy", &[&first, &second]);
    let rounds = [0, 1, 2, 3, 4, 5, 6];
    let switched = rounds.map(|round| {
        let is_back = round % 2 == 1;
        let tool = ["admin_tool_disable", "admin_tool_enable"][usize::from(is_back)];
        let is_seen = || offers_writing(&second, &key) == is_back;
        seen_after(|| switch(&first, &key, tool), is_seen)
    });
    within_a_second("a list", switched);
    // Who listens is told by the other instance, over Redis; nobody looks.
    let mut heard = listen(&second, &key);
    let told = rounds.map(|round| {
        let tool = ["admin_tool_enable", "admin_tool_disable"][round % 2];
        switch(&first, &key, tool);
        let switched = Instant::now();
        hears_of_tools(&mut heard);
        switched.elapsed()
    });
    within_a_second("a notice", told);
    // A search is kept, and must not be for longer than what it found is true.
    let found = rounds.map(|round| {
        let content = format!("neap tide {round}");
        let write = call("knowledge_write_knowledge", entry(&content));
        seen_after(
            || drop(ask(first.address(), &key, write)),
            || {
                let found = ask(second.address(), &key, search());
                found.to_string().contains(&content)
            },
        )
    });
    within_a_second("an answer", found);
}

/// How often an answer was taken from another instance.
fn taken_over(server: &Server, key: &str) -> u32 {
    let metrics = server.get("/metrics", Some(key)).body;
    let name = "genkan_knowledge_cache_shared_hits_total ";
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.map_or(0, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_one_instance_serve_the_other_sealed_and_as_long_as_they_hold() {
    let variables = [("GENKAN_REDIS__TIMEOUT_MS", "30000")];
    let Some((mut redis, _database, [first, second])) = at_redis(&variables).await else {
        return;
    };
    let (first, second) = (first.serve(), second.serve());
    let key = first.admin_key();
    until_redis_is("healthy", &[&first, &second]);
    let write = |content: &str| {
        let write = call("knowledge_write_knowledge", entry(content));
        ask(first.address(), &key, write);
    };
    let structured = |server: &Server| {
        let answer = ask(server.address(), &key, search());
        answer["result"]["structuredContent"].clone()
    };
    write("spring tide at noon");
    let found = structured(&first);
    assert!(found.to_string().contains("spring tide at noon"), "{found}");
    assert_eq!(structured(&second), found);
    assert_eq!(
        [&first, &second].map(|server| taken_over(server, &key)),
        [0, 1]
    );
    // The second one has it itself now.
    assert_eq!(structured(&second), found);
    assert_eq!(taken_over(&second, &key), 1);

    let kept = || -> Vec<_> {
        let all = redis.contents().into_iter();
        all.filter(|(name, _)| name.contains(":kept:")).collect()
    };
    let [(name, value)] = &kept()[..] else {
        panic!("{:?}", kept())
    };
    let text = String::from_utf8_lossy(value);
    assert!(
        !text.contains("spring tide") && !text.contains("global:"),
        "{text}"
    );

    // What was written since outdates it on both.
    write("neap tide at nine");
    for server in [&second, &first] {
        let found = structured(server).to_string();
        assert!(found.contains("neap tide at nine"), "{found}");
    }
    assert_eq!(
        [&first, &second].map(|server| taken_over(server, &key)),
        [1, 1]
    );

    // What somebody else laid there is no answer, nor is an answer to something else.
    for (content, laid) in [("slack water", &b"forged"[..]), ("ebb tide", value)] {
        write(content);
        structured(&first);
        for (other, _) in kept().iter().filter(|(other, _)| other != name) {
            redis.lay(other, laid);
        }
        let found = structured(&second).to_string();
        assert!(found.contains(content), "{found}");
        assert_eq!(taken_over(&second, &key), 1);
    }

    // A Redis that takes nothing more is one that is not there, for what it does not take.
    redis.be_full();
    write("rip tide");
    for server in [&first, &second] {
        let found = structured(server).to_string();
        assert!(found.contains("rip tide"), "{found}");
        assert_eq!(ready(server)["checks"]["redis"], "healthy");
    }

    redis.stop();
    until_redis_is("degraded", &[&first, &second]);
    write("high tide at eleven");
    let found = structured(&second).to_string();
    assert!(found.contains("high tide at eleven"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_instance_closes_what_was_lost_and_another_takes_over() {
    let variables = [("GENKAN_LIMITS__LEASE_SECONDS", "8")];
    let Some((redis, database, [first, second])) = at_redis(&variables).await else {
        return;
    };
    let mut connection = sqlx::PgConnection::connect(&database.url().unwrap())
        .await
        .unwrap();
    let holder = || {
        let mut all = redis.contents().into_iter();
        all.find(|(name, _)| name.ends_with(":lease:housekeeping"))
    };
    let first = first.serve();
    until("the first one has the lease", || holder().is_some());
    let (lease, held_by_first) = holder().unwrap();
    let second = second.serve();
    until_redis_is("healthy", &[&second]);
    // Longer than a beat, of two seconds.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(holder().unwrap().1, held_by_first);
    drop(first);
    until("the second one has it", || {
        holder().is_some_and(|(_, holder)| holder != held_by_first)
    });

    // Who has no lease closes nothing.
    redis.lay(&lease, b"somebody");
    let lost = "INSERT INTO departure (tenant, id, writer, alive_until, started, door, subject, correlation_id) \
                VALUES ('default', 'lost', 'w', 1, 1, 'cli', 'send', 'c')";
    sqlx::query(lost).execute(&mut connection).await.unwrap();
    std::thread::sleep(Duration::from_secs(5));
    let count = "SELECT count(*) FROM departure";
    let left: i64 = sqlx::query_scalar(count)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(left, 1);
    redis.take(&lease);
    let start = Instant::now();
    loop {
        let left: i64 = sqlx::query_scalar(count)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        if left == 0 {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "it was not closed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(second);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_counted_together_and_apart_while_redis_is_away() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let variables = [
        ("GENKAN_REDIS__URL", redis.url()),
        ("GENKAN_LIMITS__CALLS_PER_MINUTE", "4".to_owned()),
        ("GENKAN_REDIS__TIMEOUT_MS", "30000".to_owned()),
    ];
    let variables = variables
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let Some((_database, [first, second])) = database(&variables).await else {
        return;
    };
    let (first, second) = (first.serve(), second.serve());
    let key = first.admin_key();
    until_redis_is("healthy", &[&first, &second]);
    let start = Instant::now();
    let calls = |server: &Server| server.mcp(&key, "tools/list", json!({})).status;
    assert_eq!([(); 3].map(|()| calls(&first)), [200; 3]);
    let answers = [(); 3].map(|()| calls(&second));
    let allowed = answers.iter().filter(|status| **status == 200).count();
    // A call's share of a minute is 15 seconds; a machine that needs as long gives some back.
    let given_back = usize::try_from(start.elapsed().as_secs() / 15).unwrap();
    assert!(allowed >= 1 && allowed <= 1 + given_back, "{answers:?}");

    redis.stop();
    until_redis_is("degraded", &[&first, &second]);
    // Each by itself, which counted all along: to each, one more of the minute's four is left.
    for server in [&first, &second] {
        let mut allowed = 0;
        until("it refuses what is too much", || match calls(server) {
            200 => {
                allowed += 1;
                false
            }
            status => status == 429,
        });
        let given_back = start.elapsed().as_secs() / 15;
        assert!((1..=1 + given_back).contains(&allowed), "{allowed}");
    }

    redis.start_again();
    until_redis_is("healthy", &[&first, &second]);
}
