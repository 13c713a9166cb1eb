//! `genkan health`, as the health check of a container asks.

use genkan_testkit::proxy::{Mode, Proxy};

use crate::{
    binary::{genkan, on_postgres},
    reload::until,
};

#[test]
fn a_server_that_serves_is_healthy_and_what_is_not_there_is_not() {
    let binary = genkan();
    let none = binary.run(["health"]);
    assert_eq!(none.code, Some(1), "{none:?}");
    assert!(none.err.contains("error[server_unreachable]"), "{none:?}");
    assert!(!binary.data("").exists(), "asking makes nothing");

    let mut server = binary.serve();
    // Wrong settings are no matter of it: the server has read its own.
    let wrong = binary.clone().variable("GENKAN_LOG__LEVEL", "loud");
    let text = wrong.run(["health"]).ok().out;
    assert!(text.contains(server.address()), "{text}");
    let told = binary.run(["health", "--json"]).ok().json();
    assert_eq!(told["status"], "healthy");
    assert_eq!(told["pid"], server.child.id());
    let report = binary.run(["audit", "report", "--json"]).ok().json();
    assert_eq!(
        report["records"],
        serde_json::json!([]),
        "nothing is recorded"
    );

    server.kill();
    let dead = binary.run(["health", "--json"]);
    assert_eq!(dead.code, Some(1), "{dead:?}");
    assert!(dead.err.contains("server_unreachable"), "{dead:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_while_the_database_is_away() {
    let Some((database, binary)) = on_postgres().await else {
        return;
    };
    let proxy = Proxy::before(&database.url().unwrap()).await;
    let binary = binary
        .variable("GENKAN_STORE__URL", &proxy.url)
        .variable("GENKAN_STORE__AUTO_MIGRATE", "true");
    tokio::task::block_in_place(|| {
        let server = binary.serve();
        proxy.set(Mode::Away);
        until("the server is not ready", || {
            server.get("/ready", None).status == 503
        });
        binary.run(["health"]).ok();
    });
}
