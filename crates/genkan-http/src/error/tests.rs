//! What each failure is called, and what is known about it.

use std::net::Ipv4Addr;

use super::*;

#[test]
fn every_failure_has_a_word_a_code_and_a_verdict() {
    let origin = || "https://a.example".to_owned();
    let table = [
        (
            Error::Address("is none"),
            "refused",
            Code::InvalidAddress,
            true,
        ),
        (
            Error::Refused {
                host: "a.example".to_owned(),
                address: Ipv4Addr::LOCALHOST.into(),
            },
            "refused",
            Code::AddressRefused,
            true,
        ),
        (
            Error::Unreachable {
                origin: origin(),
                why: "refused".to_owned(),
            },
            "unreachable",
            Code::RemoteUnreachable,
            true,
        ),
        (
            Error::Slow {
                origin: origin(),
                limit: Duration::from_secs(1),
            },
            "slow",
            Code::RemoteSlow,
            false,
        ),
        (
            Error::Broken {
                origin: origin(),
                why: "it broke off".to_owned(),
            },
            "broken",
            Code::RemoteBroken,
            false,
        ),
        (
            Error::TooLarge {
                origin: origin(),
                limit: 1,
            },
            "too_large",
            Code::RemoteTooLarge,
            false,
        ),
        (
            Error::Redirect {
                origin: origin(),
                why: "goes in a circle",
            },
            "redirect",
            Code::RemoteBroken,
            false,
        ),
        (
            Error::Suspended {
                origin: origin(),
                retry_after: Duration::from_secs(1),
            },
            "suspended",
            Code::RemoteSuspended,
            true,
        ),
        (
            Error::Busy { origin: origin() },
            "busy",
            Code::RemoteBusy,
            true,
        ),
    ];
    for (error, word, code, is_unsent) in table {
        assert_eq!(
            (error.word(), error.is_unsent()),
            (word, is_unsent),
            "{error}"
        );
        let blames_host = matches!(word, "unreachable" | "slow" | "broken");
        assert_eq!(error.is_failure_of_host(), blames_host, "{error}");
        assert_eq!(Outward::from(error).code(), code, "{word}");
    }
}
