//! What `redis.timeout_ms` does while a Redis is there and does not answer.

use std::time::{Duration, Instant};

use genkan_testkit::RedisServer;
use serde_json::{Value, json};

use crate::{
    binary::{Server, genkan},
    reload::until,
};

/// Longer than without a word on it, and than what the instance itself takes to find Redis away.
const TIMEOUT: Duration = Duration::from_secs(2);
/// What a call may take beside, on a busy machine.
const BESIDE: Duration = Duration::from_secs(30);

fn until_redis_is(word: &str, server: &Server) {
    until(word, || {
        let told: Value = serde_json::from_str(&server.get("/ready", None).body).unwrap();
        told["checks"]["redis"] == word
    });
}

/// How long a call takes, which is served whatever Redis does.
fn served_in(server: &Server, key: &str) -> Duration {
    let begun = Instant::now();
    let answer = server.mcp(key, "tools/list", json!({}));
    assert_eq!(answer.status, 200, "{}", answer.body);
    begun.elapsed()
}

#[test]
fn redis_timeout_ms_is_how_long_a_call_waits_for_redis() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let server = genkan()
        .variable("GENKAN_REDIS__URL", &redis.url())
        .variable("GENKAN_REDIS__TIMEOUT_MS", "2000")
        .serve();
    let key = server.admin_key();
    until_redis_is("healthy", &server);
    redis.hold_writes();
    // A call that finds Redis in doubt does not wait.
    until("a call waits as long as it may", || {
        served_in(&server, &key) >= TIMEOUT
    });
    redis.answer_again();
    until_redis_is("healthy", &server);

    redis.hang();
    let first = served_in(&server, &key);
    assert!(first < TIMEOUT + BESIDE, "{first:?}");
    let next = [(); 3].map(|()| served_in(&server, &key));
    assert!(next.iter().sum::<Duration>() < TIMEOUT, "{next:?}");
    until_redis_is("degraded", &server);
    redis.go_on();
    until_redis_is("healthy", &server);
}
