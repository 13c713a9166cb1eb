//! Why a second instance on one PostgreSQL is not ready where the two do not meet at a Redis.

use genkan_testkit::RedisServer;

use crate::together::{database, ready, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_instance_without_redis_is_not_ready_and_the_doctor_says_why() {
    let Some((_database, [first, second])) = database(&[]).await else {
        return;
    };
    let one = first.serve();
    assert_eq!(one.get("/ready", None).status, 200);
    let other = second.serve();
    let told = ready(&other);
    assert_eq!(
        told["errors"]["instances"]["code"], "second_instance",
        "{told}"
    );
    assert_eq!(other.get("/ready", None).status, 503);
    assert_eq!(one.get("/ready", None).status, 200);

    let seen = second.run(["doctor"]);
    assert_eq!(seen.code, Some(1), "{seen:?}");
    assert!(
        seen.out.contains("2 instances serve this store"),
        "{}",
        seen.out
    );
    assert!(seen.out.contains("redis.url"), "{}", seen.out);

    one.terminate();
    until("the other one is ready", || {
        other.get("/ready", None).status == 200
    });
    let seen = second.run(["doctor"]).ok();
    assert!(seen.out.contains("1 serve this store"), "{}", seen.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_without_redis_is_not_ready_beside_one_that_has_it() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let Some((_database, [first, second])) = database(&[]).await else {
        return;
    };
    let second_with_redis = second.variable("GENKAN_REDIS__URL", &redis.url());
    let _one = second_with_redis.serve();
    let seen = second_with_redis.run(["doctor"]).ok();
    assert!(
        seen.out.contains("1 serve this store, and meet at Redis"),
        "{}",
        seen.out
    );
    let other = first.serve();
    assert_eq!(
        ready(&other)["errors"]["instances"]["code"],
        "second_instance"
    );
    second_with_redis.run(["test-connection"]).ok();
}
