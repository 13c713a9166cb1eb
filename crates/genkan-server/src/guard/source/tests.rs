//! Whose word counts about where a request came from.

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::{FORWARDED_FOR, client};
use genkan_core::Network;

fn trusted() -> [Network; 2] {
    [
        Network::new([10, 0, 0, 0].into(), 8),
        Network::new([0, 0, 0, 0, 0, 0, 0, 1].into(), 128),
    ]
}

fn seen(peer: &str, lines: &[&str]) -> String {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
    }
    client(peer.parse().unwrap(), &headers, &trusted()).to_string()
}

#[test]
fn only_trusted_proxies_are_believed() {
    let table: [(&str, &[&str], &str); 11] = [
        ("203.0.113.9", &[], "203.0.113.9"),
        ("203.0.113.9", &["1.1.1.1"], "203.0.113.9"),
        ("10.1.2.3", &[], "10.1.2.3"),
        ("10.1.2.3", &["1.1.1.1"], "1.1.1.1"),
        ("10.1.2.3", &["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
        ("10.1.2.3", &["1.1.1.1, 10.9.9.9"], "1.1.1.1"),
        ("10.1.2.3", &["6.6.6.6", "1.1.1.1, 10.9.9.9"], "1.1.1.1"),
        ("::1", &["[2001:db8::1]:443"], "2001:db8::1"),
        ("::1", &["1.1.1.1:99"], "1.1.1.1"),
        ("10.1.2.3", &["6.6.6.6, nonsense"], "10.1.2.3"),
        ("10.1.2.3", &["::ffff:1.1.1.1"], "1.1.1.1"),
    ];
    for (peer, lines, expected) in table {
        assert_eq!(seen(peer, lines), expected, "{peer} {lines:?}");
    }
}

#[test]
fn networks_hold_what_they_cover() {
    let table = [
        ("10.0.0.0", 8, "10.255.0.1", true),
        ("10.0.0.0", 8, "11.0.0.0", false),
        ("0.0.0.0", 0, "8.8.8.8", true),
        ("0.0.0.0", 0, "::1", false),
        ("192.168.1.7", 32, "192.168.1.7", true),
        ("192.168.1.7", 32, "192.168.1.6", false),
        ("2001:db8::", 33, "2001:db8:7fff::1", true),
        ("2001:db8::", 33, "2001:db8:8000::1", false),
        ("::", 0, "::1", true),
    ];
    for (network, bits, address, expected) in table {
        let network = Network::new(network.parse().unwrap(), bits);
        assert_eq!(
            network.contains(address.parse().unwrap()),
            expected,
            "{network:?} {address}"
        );
    }
}

proptest! {
    #[test]
    fn reading_never_panics(line in "[0-9a-f:.,\\[\\] ]{0,60}") {
        seen("10.0.0.1", &[&line]);
    }
}
