//! TLS and HTTP/2: who is trusted, under which name, and that one connection carries all.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures_util::future::join_all;
use genkan_http::{Client, Error, Options};
use http_body_util::Full;
use hyper::{server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::house::{client, get, names, options, text};

/// A server of HTTP/2 for `good.test`, and its certificate.
struct Server {
    address: SocketAddr,
    certificate: String,
    connections: Arc<AtomicUsize>,
}

async fn server() -> Server {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["good.test".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, counted) = (acceptor.clone(), Arc::clone(&counted));
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                counted.fetch_add(1, Ordering::SeqCst);
                let service = service_fn(|request: http::Request<_>| async move {
                    let said = format!("{:?} {}", request.version(), request.uri().path());
                    Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from(said))))
                });
                let _ = http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    Server {
        address,
        certificate: cert.pem(),
        connections,
    }
}

fn trusting(certificate: &str) -> Client {
    client(Options {
        extra_roots: certificate.as_bytes().to_vec(),
        lookup: names(|_| vec![[127, 0, 0, 1].into()]),
        ..options()
    })
}

#[tokio::test]
async fn http_2_carries_many_requests_over_one_connection() {
    let server = server().await;
    let client = trusting(&server.certificate);
    let url = |path: &str| format!("https://good.test:{}{path}", server.address.port());
    assert_eq!(
        text(&client, get(&url("/one"))).await.unwrap(),
        "HTTP/2.0 /one"
    );
    let many = (0..50).map(|_| text(&client, get(&url("/many"))));
    for answer in join_all(many).await {
        assert_eq!(answer.unwrap(), "HTTP/2.0 /many");
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_is_not_trusted_or_has_another_name_gets_nothing() {
    let server = server().await;
    let port = server.address.port();
    for (client, host) in [
        (trusting(""), "good.test"),
        (trusting(&server.certificate), "evil.test"),
        (trusting(&server.certificate), "127.0.0.1"),
    ] {
        let error = text(&client, get(&format!("https://{host}:{port}/")))
            .await
            .unwrap_err();
        let Error::Unreachable { why, .. } = &error else {
            panic!("{host}: {error:?}");
        };
        assert!(why.starts_with("TLS: "), "{host}: {why}");
        assert!(error.is_unsent());
    }
}

#[test]
fn a_file_of_certificates_that_holds_none_is_refused() {
    let broken = "-----BEGIN CERTIFICATE-----\nbm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";
    for text in [broken, "nothing of the kind"] {
        let refused = Client::new(
            Options {
                extra_roots: text.as_bytes().to_vec(),
                ..options()
            },
            Arc::new(genkan_core::clock::SystemClock),
            Arc::new(genkan_core::random::SystemRandom),
            &genkan_core::Lifecycle::new(),
        );
        let error = refused.err().unwrap();
        assert!(error.hint_text().contains("http.ca_file"), "{error:?}");
    }
}
