//! What stands before every route: host, origin, credential, correlation, paths and methods.

use serde_json::json;

use crate::{
    fixture::House,
    wire::{Ask, call, modern},
};

/// Those that answer by whatever name they are asked.
const PROBES: [&str; 2] = ["/health", "/ready"];

const ROUTES: [(&str, &str); 8] = [
    ("POST", "/mcp"),
    ("GET", "/mcp"),
    ("DELETE", "/mcp"),
    ("POST", "/mcp/test"),
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/metrics"),
    ("GET", "/nowhere"),
];

async fn guarded() -> House {
    House::with(|settings| {
        settings.public_url = Some("https://Genkan.Example.com/".into());
        settings.allowed_hosts = vec!["other.example".into(), "ported.example:81".into()];
        settings.allowed_origins = vec![
            "https://app.example".into(),
            "http://dev.example:3000".into(),
        ];
    })
    .await
}

#[tokio::test]
async fn a_foreign_host_is_refused_on_every_route_but_those_of_health() {
    let house = guarded().await;
    let routes = ROUTES.into_iter();
    for (method, path) in routes.filter(|(_, path)| !PROBES.contains(path)) {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.2",
            "[::2]",
            "ported.example:82",
            "a b",
        ] {
            let reply = Ask::new(method, path)
                .bearer(&house.admin)
                .header("host", host)
                .send(&house.router)
                .await;
            assert_eq!(
                (reply.status.as_u16(), reply.code()),
                (403, "forbidden_host"),
                "{method} {path} {host}"
            );
        }
        let reply = Ask::new(method, path)
            .without("host")
            .send(&house.router)
            .await;
        assert_eq!(reply.code(), "forbidden_host", "{method} {path}");
        let reply = Ask::new(method, path)
            .also("host", "localhost")
            .send(&house.router)
            .await;
        assert_eq!(
            reply.code(),
            "forbidden_host",
            "two of them: {method} {path}"
        );
    }
}

#[tokio::test]
async fn health_is_told_by_whatever_name_a_probe_asks_and_to_no_other_page() {
    let house = guarded().await;
    for path in PROBES {
        let ask = Ask::new("GET", path);
        for named in [
            ask.clone().header("host", "10.0.3.7:8137"),
            ask.clone().header("host", "healthcheck.example"),
            ask.clone().without("host"),
        ] {
            let reply = named.clone().send(&house.router).await;
            assert_eq!(reply.status, 200, "{path}: {}", reply.text);
            let page = named.header("origin", "https://evil.example");
            assert_eq!(page.send(&house.router).await.status, 403, "{path}");
        }
    }
}

#[tokio::test]
async fn our_hosts_are_served() {
    let house = guarded().await;
    let hosts = [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1:8137",
        "[::1]:8137",
        "localhost.",
        "genkan.example.com",
        "genkan.example.com:443",
        "other.example:9",
        "ported.example:81",
    ];
    for host in hosts {
        let reply = Ask::new("GET", "/metrics")
            .bearer(&house.admin)
            .header("host", host)
            .send(&house.router)
            .await;
        assert_eq!(reply.status, 200, "{host}");
    }
}

#[tokio::test]
async fn a_foreign_origin_is_refused_on_every_route() {
    let house = guarded().await;
    let origins = [
        "null",
        "https://evil.example",
        "http://app.example",
        "https://app.example:444",
        "https://app.example.evil",
        "http://localhost:1",
        "http://127.0.0.1:8137",
        "nonsense",
        "https://app.example/path",
        "http://:",
        "https://app.example:99999",
        "ftp://localhost:8137",
    ];
    for (method, path) in ROUTES {
        for origin in origins {
            let reply = Ask::new(method, path)
                .bearer(&house.admin)
                .header("origin", origin)
                .send(&house.router)
                .await;
            assert_eq!(
                (reply.status.as_u16(), reply.code()),
                (403, "forbidden_origin"),
                "{method} {path} {origin}"
            );
        }
    }
    let two = Ask::new("GET", "/health")
        .also("origin", "https://app.example")
        .also("origin", "https://app.example");
    assert_eq!(two.send(&house.router).await.code(), "forbidden_origin");
}

#[tokio::test]
async fn our_origins_are_served() {
    let house = guarded().await;
    let origins = [
        "https://app.example",
        "https://APP.example:443",
        "http://dev.example:3000",
        "https://genkan.example.com",
        "http://localhost:8137",
    ];
    for origin in origins {
        let reply = Ask::new("GET", "/health")
            .header("origin", origin)
            .send(&house.router)
            .await;
        assert_eq!(reply.status, 200, "{origin}");
    }
}

#[tokio::test]
async fn credentials_come_in_headers_and_once() {
    let house = House::open().await;
    let message = call("test_echo", json!({}));
    let bare = modern(&house.admin, &message).without("authorization");
    let key = house.admin.as_str();
    let basic = format!("Basic {key}");
    let table = [
        (bare.clone(), 401),
        (bare.clone().bearer("gk_nonsense"), 401),
        (bare.clone().bearer(""), 401),
        (bare.clone().header("authorization", key), 401),
        (bare.clone().header("authorization", &basic), 401),
        (
            bare.clone()
                .path(&format!("/mcp?api_key={key}&access_token={key}")),
            401,
        ),
        (
            bare.clone()
                .bearer(key)
                .also("authorization", &format!("Bearer {key}")),
            401,
        ),
        (
            bare.clone().bearer(key).header("x-api-key", "gk_other"),
            401,
        ),
        (bare.clone().bearer(key).header("x-api-key", key), 200),
        (bare.clone().header("x-api-key", key), 200),
        (bare.header("authorization", &format!("bEARER  {key}")), 200),
    ];
    for (position, (ask, status)) in table.into_iter().enumerate() {
        let reply = ask.send(&house.router).await;
        assert_eq!(
            reply.status.as_u16(),
            status,
            "row {position}: {}",
            reply.text
        );
        if status == 401 {
            assert_eq!(
                (reply.code(), reply.header("www-authenticate")),
                ("unauthenticated", "Bearer")
            );
        }
        assert!(!reply.text.contains(key), "a key is never shown");
    }
}

#[tokio::test]
async fn who_may_not_come_in_is_told_that_first() {
    let house = House::open().await;
    let message = crate::wire::request(1, "nonsense", json!({}));
    let wrong = modern("gk_wrong", &message);
    let table = [
        wrong.clone(),
        wrong.clone().body("{"),
        wrong.clone().without("mcp-method"),
        wrong.clone().header("accept", "text/html"),
        wrong.clone().header("content-type", "text/plain"),
        wrong.header("mcp-protocol-version", "1999-01-01"),
    ];
    for (position, ask) in table.into_iter().enumerate() {
        assert_eq!(ask.send(&house.router).await.status, 401, "row {position}");
    }
}

#[tokio::test]
async fn correlation_ids_come_back_and_are_made_where_they_cannot() {
    let house = House::open().await;
    let asked = |id: &str| Ask::new("GET", "/health").header("x-correlation-id", id);
    assert_eq!(
        asked("abc-1")
            .send(&house.router)
            .await
            .header("x-correlation-id"),
        "abc-1"
    );
    for id in ["", "a b", &"x".repeat(129)] {
        assert_eq!(
            asked(id)
                .send(&house.router)
                .await
                .header("x-correlation-id")
                .len(),
            36,
            "`{id}`"
        );
    }
    let refused = Ask::new("GET", "/nowhere")
        .header("host", "evil.example")
        .send(&house.router)
        .await;
    assert_eq!(
        refused.header("x-correlation-id").len(),
        36,
        "refusals carry one too"
    );
}

#[tokio::test]
async fn unknown_paths_and_methods_are_errors_like_all_others() {
    let house = House::open().await;
    for path in ["/nowhere", "/mcp/", "/mcp/a/b", "/Health", "/"] {
        let reply = Ask::new("GET", path).send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (404, "not_found"),
            "{path}"
        );
        assert!(
            ["message", "hint", "doc"]
                .iter()
                .all(|member| reply.json[*member].is_string())
        );
    }
    let table = [
        ("PUT", "/mcp", "GET, POST, DELETE"),
        ("OPTIONS", "/mcp/test", "GET, POST, DELETE"),
        ("POST", "/health", "GET, HEAD"),
        ("BREW", "/ready", "GET, HEAD"),
        ("DELETE", "/metrics", "GET, HEAD"),
    ];
    for (method, path, allow) in table {
        let reply = Ask::new(method, path).send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code(), reply.header("allow")),
            (405, "method_not_allowed", allow),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn sessions_and_metrics_are_for_callers_and_health_for_all() {
    let house = House::open().await;
    let table = [
        ("POST", "/mcp", 401),
        ("GET", "/mcp", 401),
        ("DELETE", "/mcp", 401),
        ("POST", "/mcp/test", 401),
        ("GET", "/metrics", 401),
        ("GET", "/health", 200),
        ("GET", "/ready", 200),
    ];
    for (method, path, status) in table {
        for ask in [
            Ask::new(method, path),
            Ask::new(method, path).bearer("gk_wrong"),
        ] {
            let ask = ask.header("content-type", "application/json").body("{}");
            assert_eq!(
                ask.send(&house.router).await.status.as_u16(),
                status,
                "{method} {path}"
            );
        }
    }
}
