//! TLS at the HTTP door: both protocols, certificates that change, and those that cannot be used.

use std::{
    fs,
    future::Future,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

use genkan_testkit::tls::Pair;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::binary::{Binary, Server, genkan};
#[cfg(unix)]
use crate::{development::logged, doctor::finding};

/// A binary whose certificate lies in its home.
pub(crate) fn with_certificate(pair: &Pair) -> Binary {
    let binary = genkan();
    pair.write(binary.root());
    let path = |name: &str| binary.root().join(name).display().to_string();
    let (cert, key) = (path("cert.pem"), path("key.pem"));
    binary
        .variable("GENKAN_TLS__CERT", &cert)
        .variable("GENKAN_TLS__KEY", &key)
}

async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn metric(server: &Server, pair: &Pair, series: &str) -> f64 {
    let key = server.admin_key();
    let (_, metrics) = pair
        .get(server.address(), "/metrics", Some(&key))
        .await
        .unwrap();
    let line = metrics.lines().find_map(|line| line.strip_prefix(series));
    line.map_or(0.0, |value| value.trim().parse().unwrap())
}

#[tokio::test]
async fn both_versions_of_http_are_served_and_plain_http_is_not() {
    let pair = Pair::new();
    let server = with_certificate(&pair).serve();
    assert!(server.told["url"].as_str().unwrap().starts_with("https://"));
    let (status, body) = pair.get(server.address(), "/health", None).await.unwrap();
    assert_eq!(status, 200, "{body}");
    let mut older = pair.connect(server.address(), "http/1.1").await.unwrap();
    let request = b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    older.write_all(request).await.unwrap();
    let mut answer = String::new();
    older.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let mut plain = TcpStream::connect(server.address()).unwrap();
    plain.write_all(request).unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    let expires = "genkan_tls_certificate_expires_timestamp_seconds ";
    assert!(
        metric(&server, &pair, expires).await > 3e10,
        "the year 3000"
    );
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_leaves_the_old_one_and_a_good_one_replaces_it() {
    let (old, new, expired) = (Pair::new(), Pair::new(), Pair::until(2000));
    let binary = with_certificate(&old);
    let server = binary.serve();
    let mut open = old.connect(server.address(), "http/1.1").await.unwrap();
    let rejected = "genkan_tls_reloads_total{result=\"rejected\"}";
    let file = binary.root().join("cert.pem");
    let breaks: [(&str, &dyn Fn()); 4] = [
        ("another one's key", &|| {
            fs::write(&file, &new.cert).unwrap()
        }),
        ("no certificate", &|| fs::write(&file, "nothing").unwrap()),
        ("it vanished", &|| fs::remove_file(&file).unwrap()),
        ("it expired", &|| expired.write(binary.root())),
    ];
    for (count, (what, change)) in breaks.into_iter().enumerate() {
        change();
        until(what, || async {
            metric(&server, &old, rejected).await > count as f64
        })
        .await;
    }
    new.write(binary.root());
    until("the new one is shown", || async {
        new.get(server.address(), "/health", None).await.is_ok()
    })
    .await;
    assert!(old.get(server.address(), "/health", None).await.is_err());
    let request = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    open.write_all(request).await.unwrap();
    let mut answer = String::new();
    open.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200"),
        "what is open stays open: {answer}"
    );
}

/// What is wrong, how it gets so, and what is told of it.
type Broken<'a> = (&'a str, &'a dyn Fn(&Binary), &'a str);

#[test]
fn files_that_cannot_be_used_are_refused_at_start_and_told_by_the_doctor() {
    let pair = Pair::new();
    let rows: [Broken<'_>; 4] = [
        (
            "vanished",
            &|binary| fs::remove_file(binary.root().join("key.pem")).unwrap(),
            "cannot be read",
        ),
        (
            "no PEM",
            &|binary| fs::write(binary.root().join("cert.pem"), "x").unwrap(),
            "no certificate",
        ),
        (
            "mismatch",
            &|binary| fs::write(binary.root().join("key.pem"), Pair::new().key).unwrap(),
            "does not go with",
        ),
        (
            "expired",
            &|binary| Pair::until(2000).write(binary.root()),
            "expired at 2000-01-01",
        ),
    ];
    for (what, change, told) in rows {
        let binary = with_certificate(&pair).variable("GENKAN_SERVER__BIND", "127.0.0.1:0");
        change(&binary);
        let ended = binary.run(["serve"]);
        assert_eq!(ended.code, Some(1), "{what}: {ended:?}");
        assert!(
            ended.err.starts_with("error[tls_unusable]"),
            "{what}: {}",
            ended.err
        );
        assert!(ended.err.contains(told), "{what}: {}", ended.err);
        assert!(
            !binary.data("genkan.db").exists(),
            "{what}: nothing is made"
        );
        let doctor = binary.run(["doctor"]);
        assert!(
            doctor.out.contains(told) && doctor.out.contains("tls_unusable"),
            "{what}: {}",
            doctor.out
        );
    }
    let alone = genkan()
        .variable("GENKAN_TLS__CERT", "/x.pem")
        .run(["validate-config"]);
    assert_eq!(alone.code, Some(2));
    assert!(alone.err.contains("`tls.key` is not"), "{}", alone.err);
}

#[cfg(unix)]
#[test]
fn a_certificate_that_ends_soon_is_told_once_by_the_log_and_by_the_doctor() {
    let binary =
        with_certificate(&Pair::for_days(13)).variable("GENKAN_SERVER__BIND", "127.0.0.1:0");
    let doctor = || finding(&binary, &[], "certificate");
    let told = doctor();
    assert_eq!(told["state"], "note", "{told}");
    assert!(
        told["hint"].as_str().unwrap().contains("Renew it"),
        "{told}"
    );
    let message = told["message"].as_str().unwrap();
    let expires = message.strip_prefix("valid until ").unwrap();

    let (mut child, _) = logged(&binary);
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut lines = lines.map(Result::unwrap);
    let warning = "the certificate in use expires at ";
    let mut warnings = Vec::new();
    let mut until = |part: &str| {
        for line in lines.by_ref() {
            warnings.extend(line.contains(warning).then(|| line.clone()));
            if line.contains(part) {
                return;
            }
        }
        assert_eq!(part, "the end", "the log has none");
    };
    until(&format!("{warning}{expires}"));
    // It is looked at again, and this one stays in use.
    let file = binary.root().join("cert.pem");
    fs::write(&file, "nothing").unwrap();
    until("cannot be used");
    Pair::for_days(5).write(binary.root());
    until("showing the new certificate");
    until(warning);
    Pair::for_days(15).write(binary.root());
    until("showing the new certificate");
    let told = doctor();
    assert_eq!(told["state"], "ok", "{told}");
    let end = format!("kill -s TERM {}", child.id());
    Command::new("sh").args(["-c", &end]).status().unwrap();
    until("the end");
    child.wait().unwrap();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
}

#[tokio::test]
async fn tls_opens_the_way_off_loopback() {
    let pair = Pair::new();
    let closed = with_certificate(&pair).run(["serve", "--bind", "0.0.0.0:0"]);
    assert!(
        closed.err.contains("`server.public_url` is not set"),
        "{}",
        closed.err
    );
    let binary = with_certificate(&pair).variable("GENKAN_SERVER__PUBLIC_URL", "https://localhost");
    let server = binary.serve_on("0.0.0.0:0", &[]);
    let port = server.address().rsplit(':').next().unwrap();
    let (status, _) = pair
        .get(&format!("127.0.0.1:{port}"), "/health", None)
        .await
        .unwrap();
    assert_eq!(status, 200);
}
