//! Through a proxy and past it.

use genkan_core::Secret;
use genkan_http::{Client, Error, Options, Proxy};
use genkan_testkit::raw_server::{RawServer, answer, header, ok};

use crate::house::{client, get, names, options, text};

fn through(proxy: &RawServer, direct: &[&str]) -> Client {
    let address = Secret::new(format!("http://me:hu%40sh@{}", proxy.address));
    let direct = direct.iter().map(|host| (*host).to_owned()).collect();
    client(Options {
        proxy: Some(Proxy::new(&address, direct).unwrap()),
        lookup: names(|name| match name {
            "inside.test" => vec![[127, 0, 0, 1].into()],
            other => panic!("{other} is the proxy's to find"),
        }),
        ..options()
    })
}

#[tokio::test]
async fn plain_requests_go_to_the_proxy_whole_and_with_its_password() {
    let proxy = RawServer::start(|_, _| vec![ok("by proxy")]).await;
    let client = through(&proxy, &["inside.test"]);
    let url = "http://out.test/path?q=1";
    assert_eq!(text(&client, get(url)).await.unwrap(), "by proxy");
    let seen = &proxy.seen()[0];
    assert!(seen.starts_with("GET http://out.test/path?q=1 "), "{seen}");
    // me:hu@sh
    assert_eq!(
        header(seen, "proxy-authorization"),
        Some("Basic bWU6aHVAc2g=")
    );
    let inside = RawServer::saying("straight").await;
    let url = format!("http://inside.test:{}/", inside.address.port());
    assert_eq!(text(&client, get(&url)).await.unwrap(), "straight");
    assert_eq!(header(&inside.seen()[0], "proxy-authorization"), None);
    assert_eq!(proxy.seen().len(), 1);
}

#[tokio::test]
async fn tls_goes_through_a_tunnel_and_a_refusal_of_the_proxy_is_told() {
    for (status, why) in [
        (
            "407 Proxy Authentication Required",
            "another name or password",
        ),
        ("403 Forbidden", "does not connect"),
    ] {
        let proxy = RawServer::start(move |_, _| vec![answer(status, "", "")]).await;
        let error = text(&through(&proxy, &[]), get("https://out.test/"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, Error::Unreachable { .. }) && error.to_string().contains(why),
            "{error}"
        );
        let seen = &proxy.seen()[0];
        assert!(seen.starts_with("CONNECT out.test:443 "), "{seen}");
        assert_eq!(
            header(seen, "proxy-authorization"),
            Some("Basic bWU6aHVAc2g=")
        );
    }
}

#[tokio::test]
async fn an_inner_address_is_refused_through_a_proxy_too() {
    let proxy = RawServer::start(|_, _| vec![ok("inside")]).await;
    for url in [
        "http://169.254.169.254/",
        "https://10.0.0.1/",
        "http://[fd00::1]/",
    ] {
        let error = text(&through(&proxy, &[]), get(url)).await.unwrap_err();
        assert!(matches!(error, Error::Refused { .. }), "{url}: {error:?}");
    }
    assert_eq!(proxy.opened(), 0);
}

#[test]
fn a_proxy_has_a_plain_address() {
    for address in [
        "https://proxy.test",
        "socks5://proxy.test",
        "proxy.test",
        "http://",
    ] {
        assert!(
            Proxy::new(&Secret::new(address.into()), vec![]).is_err(),
            "{address}"
        );
    }
}
