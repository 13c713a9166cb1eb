//! What operators ask.

use std::{
    future::pending,
    time::{Duration, Instant},
};

use genkan_core::{Code, Error};
use genkan_server::{Check, Finding};
use serde_json::json;

use crate::{
    fixture::{House, soon},
    wire::Ask,
};

#[tokio::test]
async fn health_tells_what_is_known_and_nothing_else() {
    let house = House::open().await;
    house.clock.advance(Duration::from_secs(90));
    let reply = Ask::new("GET", "/health").send(&house.router).await;
    let system = json!({
        "cpu_percent": 12.5, "memory_percent": null, "memory_available_mb": null,
        "disk_percent": null, "disk_free_gb": null,
    });
    let uptime = reply.json["uptime_seconds"].as_u64().unwrap();
    assert!((90..120).contains(&uptime), "{uptime}");
    let expected = json!({
        "status": "healthy", "service": "genkan", "version": "1.2.3", "uptime_seconds": uptime, "system": system,
    });
    assert_eq!((reply.status.as_u16(), reply.json), (200, expected));
}

#[tokio::test]
async fn ready_lists_its_checks() {
    let house = House::open().await;
    let reply = Ask::new("GET", "/ready").send(&house.router).await;
    let checks = json!({"database": "healthy", "redis": "not_configured"});
    assert_eq!(
        (reply.status.as_u16(), reply.json),
        (200, json!({"status": "ready", "checks": checks}))
    );
}

#[tokio::test]
async fn a_failed_or_hanging_check_makes_it_not_ready() {
    let failing = Check::new("database", || async {
        Err(Error::new(Code::StoreUnavailable, "it is down"))
    });
    let hanging = Check::new("database", pending);
    for (check, code, takes) in [
        (failing, "store_unavailable", Duration::ZERO),
        (hanging, "deadline_exceeded", Duration::from_secs(2)),
    ] {
        let absent = Check::new("redis", || async { Ok(Finding::NotConfigured) });
        let house = House::built(|_| {}, |parts| parts.ready = vec![check, absent]).await;
        let begun = Instant::now();
        let reply = soon(Ask::new("GET", "/ready").send(&house.router)).await;
        assert!(begun.elapsed() >= takes, "{code}: {:?}", begun.elapsed());
        assert_eq!(reply.status, 503, "{code}");
        assert_eq!(reply.json["status"], "not_ready", "{code}");
        assert_eq!(
            reply.json["checks"],
            json!({"database": "unhealthy", "redis": "not_configured"}),
            "{code}"
        );
        assert_eq!(reply.json["errors"]["database"]["code"], code);
    }
}

#[tokio::test]
async fn a_house_that_closes_is_not_ready() {
    let house = House::open().await;
    house.lifecycle.soft_stop().cancel();
    let reply = Ask::new("GET", "/ready").send(&house.router).await;
    assert_eq!(
        (
            reply.status.as_u16(),
            &reply.json["errors"]["lifecycle"]["code"]
        ),
        (503, &json!("shutting_down"))
    );
}

#[tokio::test]
async fn metrics_are_for_roles_that_may_read_them() {
    let house = House::open().await;
    for (role, status) in [
        ("viewer", 403),
        ("user", 403),
        ("operator", 200),
        ("developer", 200),
        ("admin", 200),
    ] {
        let key = house.key(&format!("a {role}"), role).await;
        let reply = Ask::new("GET", "/metrics")
            .bearer(&key)
            .send(&house.router)
            .await;
        assert_eq!(reply.status.as_u16(), status, "{role}");
        match status {
            200 => assert_eq!(reply.text, "# metrics\n"),
            _ => assert_eq!(reply.code(), "forbidden"),
        }
    }
}

#[tokio::test]
async fn a_panic_is_an_error_with_a_code() {
    let house = House::built(
        |_| {},
        |parts| parts.system = std::sync::Arc::new(|| panic!("a fault for a test")),
    )
    .await;
    let reply = Ask::new("GET", "/health").send(&house.router).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (500, "internal"));
    assert!(!reply.text.contains("a fault for a test"));
    assert_eq!(reply.header("x-correlation-id").len(), 36);
}
