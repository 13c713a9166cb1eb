//! Zulip's API through the client: what a real server does, on the double of the testkit.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, future::join_all, stream};
use genkan_core::{Code, Lifecycle, Network, Secret, clock::SystemClock, random::SystemRandom};
use genkan_http::{Client, Guard, Options};
use genkan_testkit::zulip::{self, Fault, Generation};
use genkan_toolsets::zulip::client::{Emoji, Form, Identity, Message, Recipient, Upload, Zulip};
use http::Method;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Value, json};

fn client(server: &zulip::Zulip) -> Zulip {
    client_at(&server.site)
}

/// A client that may go to this machine.
pub(crate) fn client_at(site: &str) -> Zulip {
    client_with(site, options())
}

pub(crate) fn options() -> Options {
    Options {
        guard: Guard::new(vec![Network::check("127.0.0.1").unwrap()]),
        connections_per_host: 8,
        breaker_failures: 1_000,
        ..Options::default()
    }
}

pub(crate) fn client_with(site: &str, options: Options) -> Zulip {
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let http = Client::new(options, clock.clone(), random.clone(), &Lifecycle::new()).unwrap();
    Zulip::new(http, clock, random, site).unwrap()
}

fn identity(server: &zulip::Zulip, name: &str) -> Identity {
    let user = server.user(name);
    Identity {
        email: user.email,
        key: Secret::new(user.key),
    }
}

fn to_general(content: &str) -> Message {
    Message {
        recipient: Recipient::Channel {
            channel: json!("general"),
            topic: "test".into(),
        },
        content: content.into(),
    }
}

fn count(server: &zulip::Zulip, content: &str) -> usize {
    server
        .contents()
        .iter()
        .filter(|found| *found == content)
        .count()
}

#[tokio::test]
async fn a_message_is_sent_read_edited_and_reacted_to_byte_for_byte() {
    for generation in [Generation::Eight, Generation::Ten] {
        let server = zulip::Zulip::start_with(zulip::Options {
            generation,
            ..zulip::Options::default()
        })
        .await;
        let (zulip, me) = (client(&server), identity(&server, "hamlet"));
        assert_eq!(
            zulip.own_user(&me).await.unwrap()["full_name"],
            "King Hamlet"
        );
        let odd = "# Ä **x** & <b> + %41 \"q\"\n```\n\tא 🐙\n```\n| a | b |";
        for recipient in [
            Recipient::Channel {
                channel: json!("#social ☕"),
                topic: "ü + &".into(),
            },
            Recipient::Channel {
                channel: json!(1),
                topic: "by id".into(),
            },
            Recipient::Direct(vec![1, 3]),
        ] {
            let message = Message {
                recipient,
                content: odd.into(),
            };
            let id = zulip.send(&me, &message).await.unwrap().to_string();
            let raw = Form::new().json("apply_markdown", &false);
            let read = zulip.get(&me, &["messages", &id], raw).await.unwrap();
            assert_eq!(read["message"]["content"], odd);
        }
        let id = zulip.send(&me, &to_general("first")).await.unwrap();
        let path = ["messages", &id.to_string()];
        let edit = Form::new().text("content", "second");
        zulip.change(&me, Method::PATCH, &path, edit).await.unwrap();
        assert_eq!(count(&server, "second"), 1);
        let tada = Emoji {
            name: "tada".into(),
            ..Emoji::default()
        };
        assert!(zulip.add_reaction(&me, id, &tada).await.unwrap());
        assert!(
            !zulip.add_reaction(&me, id, &tada).await.unwrap(),
            "it is there already"
        );
        assert!(zulip.remove_reaction(&me, id, &tada).await.unwrap());
        assert!(!zulip.remove_reaction(&me, id, &tada).await.unwrap());
    }
}

#[tokio::test]
async fn markdown_of_every_kind_passes_byte_for_byte() {
    let server = zulip::Zulip::start_with(zulip::Options {
        limit: 100_000,
        ..zulip::Options::default()
    })
    .await;
    let (zulip, me) = (client(&server), identity(&server, "hamlet"));
    let mut runner = TestRunner::deterministic();
    // Anything but what Zulip refuses (NUL, nothing) and takes away (white space around).
    let texts = r"[^\x00\s]([^\x00]{0,200}[^\x00\s])?";
    let texts = proptest::string::string_regex(texts).unwrap();
    for _ in 0..100 {
        let text = texts.new_tree(&mut runner).unwrap().current();
        let id = zulip
            .send(&me, &to_general(&text))
            .await
            .unwrap()
            .to_string();
        let raw = Form::new().json("apply_markdown", &false);
        let read = zulip.get(&me, &["messages", &id], raw).await.unwrap();
        assert_eq!(read["message"]["content"], text);
    }
}

#[tokio::test]
async fn what_zulip_would_cut_is_refused_before_it_is_sent() {
    let server = zulip::Zulip::start().await;
    let (zulip, me) = (client(&server), identity(&server, "hamlet"));
    let before = server.contents().len();
    let mut long_topic = to_general("x");
    long_topic.recipient = Recipient::Channel {
        channel: json!("general"),
        topic: "𝕏".repeat(61),
    };
    for (message, code, part) in [
        (
            to_general(&"ü".repeat(10_001)),
            Code::TooLarge,
            "10001 characters",
        ),
        (long_topic, Code::TooLarge, "topic has 61"),
        (to_general(" \n\t"), Code::InvalidArguments, "empty"),
    ] {
        let error = zulip.send(&me, &message).await.unwrap_err();
        assert_eq!(error.code(), code);
        assert!(error.message().contains(part), "{error}");
    }
    assert!(!server.asked().iter().any(|asked| asked == "POST /messages"));
    zulip
        .send(&me, &to_general(&"𝕏".repeat(10_000)))
        .await
        .unwrap();
    assert_eq!(server.contents().len(), before + 1);
    let registered = server
        .asked()
        .iter()
        .filter(|asked| *asked == "POST /register")
        .count();
    assert_eq!(registered, 1, "the limits are asked for once");
}

#[tokio::test]
async fn refusals_of_zulip_are_told_in_our_codes() {
    let server = zulip::Zulip::start().await;
    let (zulip, me) = (client(&server), identity(&server, "hamlet"));
    let send = |channel: Value| {
        let mut message = to_general("x");
        message.recipient = Recipient::Channel {
            channel,
            topic: "t".into(),
        };
        message
    };
    for (message, code) in [
        (send(json!("nowhere")), Code::NoSuchItem),
        (send(json!(99)), Code::NoSuchItem),
        (send(json!("leads")), Code::InvalidArguments),
    ] {
        let error = zulip.send(&me, &message).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
    let missing = zulip
        .change(&me, Method::POST, &["messages"], Form::new())
        .await;
    assert_eq!(missing.unwrap_err().code(), Code::InvalidArguments);
    let queue = Form::new().text("queue_id", "1:2");
    let gone = zulip.get(&me, &["events"], queue).await.unwrap_err();
    assert_eq!(gone.code(), Code::NoSuchItem);
    for key in ["short".to_owned(), "z".repeat(32)] {
        let stranger = Identity {
            key: Secret::new(key.clone()),
            ..me.clone()
        };
        let error = zulip.own_user(&stranger).await.unwrap_err();
        assert_eq!(error.code(), Code::RemoteRefused);
        assert!(!format!("{error:?}").contains(&key));
    }
    server.fail("GET /users", 3, Fault::Page(502));
    let page = zulip.own_user(&me).await.unwrap_err();
    assert_eq!(page.code(), Code::RemoteBroken);
    assert!(page.message().contains("502"), "{page}");
    assert_eq!(zulip.own_user(&me).await.unwrap()["user_id"], 2);
}

#[tokio::test]
async fn a_message_whose_answer_is_lost_is_found_and_never_sent_again() {
    let server = zulip::Zulip::start().await;
    let (zulip, me) = (client(&server), identity(&server, "hamlet"));
    let mut ids = BTreeSet::new();
    for fault in [Fault::AfterDoing, Fault::CutAfterDoing, Fault::AfterDoing] {
        server.fail("POST /messages", 1, fault);
        ids.insert(zulip.send(&me, &to_general("same")).await.unwrap());
    }
    ids.insert(zulip.send(&me, &to_general("same")).await.unwrap());
    assert_eq!(
        (ids.len(), count(&server, "same")),
        (4, 4),
        "each found its own"
    );
    let direct = Message {
        recipient: Recipient::Direct(vec![1, 3]),
        content: "direct".into(),
    };
    server.fail("POST /messages", 1, Fault::CutAfterDoing);
    zulip.send(&me, &direct).await.unwrap();
    assert_eq!(count(&server, "direct"), 1);
    // Zulip keeps it without what is around it.
    server.fail("POST /messages", 1, Fault::AfterDoing);
    zulip
        .send(&me, &to_general("\n\n around\n "))
        .await
        .unwrap();
    assert_eq!(count(&server, " around"), 1);
    for fault in [Fault::Page(502), Fault::Status(500)] {
        server.fail("POST /messages", 1, fault);
        let error = zulip.send(&me, &to_general("same")).await.unwrap_err();
        assert_eq!(error.code(), Code::OutcomeUnknown);
    }
    assert_eq!(count(&server, "same"), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sends_during_failures_are_none_doubled() {
    let server = zulip::Zulip::start().await;
    let (zulip, me) = (client(&server), identity(&server, "hamlet"));
    zulip.limits(&me).await.unwrap();
    for fault in [
        Fault::AfterDoing,
        Fault::Page(504),
        Fault::CutAfterDoing,
        Fault::Status(500),
    ] {
        server.fail("POST /messages", 5, fault);
    }
    let contents: Vec<String> = (0..40).map(|number| format!("message {number}")).collect();
    let messages: Vec<Message> = contents.iter().map(|content| to_general(content)).collect();
    let sent = join_all(messages.iter().map(|message| zulip.send(&me, message))).await;
    for (content, sent) in contents.iter().zip(sent) {
        let stored = usize::from(sent.is_ok());
        assert_eq!(count(&server, content), stored, "{content}: {sent:?}");
    }
    assert!(
        server.most_connections() <= 8,
        "{}",
        server.most_connections()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_keeps_within_the_limit_and_loses_nothing() {
    let server = zulip::Zulip::start_with(zulip::Options {
        limit: 250,
        window: Duration::from_secs(1),
        ..zulip::Options::default()
    })
    .await;
    let (zulip, me) = (client(&server), identity(&server, "hamlet"));
    let messages: Vec<Message> = (0..400)
        .map(|number| to_general(&format!("storm {number}")))
        .collect();
    let sent = join_all(messages.iter().map(|message| zulip.send(&me, message))).await;
    let ids: BTreeSet<u64> = sent.into_iter().map(Result::unwrap).collect();
    assert_eq!(ids.len(), 400);
    assert_eq!(server.refused_for_limit(), 0, "the limit was exceeded");
}

#[tokio::test]
async fn files_go_and_come_as_streams() {
    for generation in [Generation::Eight, Generation::Ten] {
        let server = zulip::Zulip::start_with(zulip::Options {
            generation,
            ..zulip::Options::default()
        })
        .await;
        let (zulip, me) = (client(&server), identity(&server, "hamlet"));
        let piece: Vec<u8> = (0..=255).cycle().take(1 << 16).collect();
        let pieces = std::iter::repeat_n(Bytes::from(piece.clone()), 48).map(Ok);
        let upload = Upload {
            name: "a \"b\" ü.bin".into(),
            size: 48 << 16,
            content: stream::iter(pieces).boxed(),
        };
        let address = zulip.upload(&me, upload).await.unwrap();
        assert!(address.starts_with("/user_uploads/2/"), "{address}");
        let mut body = zulip.download(&me, &address, 48 << 16).await.unwrap();
        let mut content = Vec::new();
        while let Some(piece) = body.chunk().await.unwrap() {
            content.extend_from_slice(&piece);
        }
        assert!(
            content == piece.repeat(48),
            "{} bytes came back",
            content.len()
        );
        let short = zulip.download(&me, &address, 1_000).await.err();
        assert_eq!(short.unwrap().code(), Code::RemoteTooLarge);
    }
}

#[tokio::test]
async fn files_that_are_too_large_or_elsewhere_are_refused() {
    let server = zulip::Zulip::start().await;
    let (zulip, me) = (client(&server), identity(&server, "hamlet"));
    let upload = Upload {
        name: "large".into(),
        size: (25 << 20) + 1,
        content: stream::empty().boxed(),
    };
    assert_eq!(
        zulip.upload(&me, upload).await.unwrap_err().code(),
        Code::TooLarge
    );
    for address in [
        "",
        "/etc/passwd",
        "https://evil.example/user_uploads/2/x",
        "/user_uploads/../users/me",
        "/user_uploads/%2e%2e/users/me",
        "/user_uploads//x",
    ] {
        let error = zulip.download(&me, address, 1).await.err().unwrap();
        assert_eq!(error.code(), Code::InvalidArguments, "{address}");
    }
    let absent = zulip.download(&me, "/user_uploads/2/9/no.txt", 1).await;
    assert_eq!(absent.err().unwrap().code(), Code::NoSuchItem);
    assert!(
        !server
            .asked()
            .iter()
            .any(|asked| asked.contains("users/me"))
    );
}

#[tokio::test]
async fn an_address_of_a_site_is_a_host_and_perhaps_a_path() {
    let server = zulip::Zulip::start().await;
    let made = client(&server);
    let new = |site: &str| {
        let options = Options::default();
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let http = Client::new(options, clock.clone(), random.clone(), &Lifecycle::new()).unwrap();
        Zulip::new(http, clock, random, site)
    };
    for site in [
        "chat.example.org",
        "ftp://chat.example.org",
        "https://me@chat.example.org",
        "https://chat.example.org/?a=b",
    ] {
        assert_eq!(
            new(site).err().unwrap().code(),
            Code::ConfigInvalid,
            "{site}"
        );
    }
    assert!(new("https://example.org/chat/").is_ok());
    let me = identity(&server, "hamlet");
    assert!(made.own_user(&me).await.is_ok());
}
