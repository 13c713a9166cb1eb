//! Where the client goes and where it does not.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use genkan_core::{Code, Network};
use genkan_http::{Client, Error, Guard, Options};
use genkan_testkit::raw_server::RawServer;

use crate::house::{client, get, names, options, text};

fn closed() -> Client {
    client(Options {
        guard: Guard::default(),
        ..options()
    })
}

#[tokio::test]
async fn addresses_of_this_machine_are_refused_in_every_spelling() {
    let server = RawServer::saying("secret").await;
    let port = server.address.port();
    let client = closed();
    for host in [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "[::]",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ] {
        let error = text(&client, get(&format!("http://{host}:{port}/")))
            .await
            .expect_err(host);
        assert!(matches!(error, Error::Refused { .. }), "{host}: {error:?}");
        assert!(error.is_unsent());
        let outward = genkan_core::Error::from(error);
        assert_eq!(outward.code(), Code::AddressRefused);
        assert!(outward.hint_text().contains("http.allow_networks"));
    }
    assert_eq!(server.opened(), 0, "nobody even connected");
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_and_one_that_leads_to_both_goes_outside() {
    let inside: IpAddr = [127, 0, 0, 1].into();
    let allowed: IpAddr = [127, 0, 0, 2].into();
    let wrong = RawServer::start_at(inside, |_, _| panic!("it was asked")).await;
    let client = client(Options {
        guard: Guard::new(vec![Network::new(allowed, 32)]),
        lookup: names(move |name| match name {
            "inside.test" => vec![inside],
            "both.test" => vec![inside, allowed],
            _ => vec![],
        }),
        ..options()
    });
    let port = wrong.address.port();
    let ask = |name: &str| get(&format!("http://{name}:{port}/"));
    let error = text(&client, ask("inside.test")).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    // Nobody listens at the allowed address with this port; that is where it went.
    let error = text(&client, ask("both.test")).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    let error = text(&client, ask("nowhere.test")).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert_eq!(wrong.opened(), 0);
}

#[tokio::test]
async fn a_name_that_changes_between_check_and_connection_is_connected_as_it_was_checked() {
    let allowed: IpAddr = [127, 0, 0, 2].into();
    let right = RawServer::start_at(allowed, |_, _| {
        vec![
            genkan_testkit::raw_server::answer("200 OK", "Connection: close\r\n", "right"),
            genkan_testkit::raw_server::Step::Close,
        ]
    })
    .await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let client = client(Options {
        guard: Guard::new(vec![Network::new(allowed, 32)]),
        lookup: names(move |_| match counted.fetch_add(1, Ordering::SeqCst) {
            0 => vec![allowed],
            _ => vec![[127, 0, 0, 1].into()],
        }),
        ..options()
    });
    let url = format!("http://rebound.test:{}/", right.address.port());
    assert_eq!(text(&client, get(&url)).await.unwrap(), "right");
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "one look-up, no second one"
    );
    let error = text(&client, get(&url)).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused { .. }),
        "a new connection is checked anew: {error:?}"
    );
}

#[tokio::test]
async fn what_settings_list_is_reached() {
    let server = RawServer::saying("here").await;
    assert_eq!(
        text(&client(options()), get(&server.url("/")))
            .await
            .unwrap(),
        "here"
    );
}
