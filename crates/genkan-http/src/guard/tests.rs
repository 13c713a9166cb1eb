//! The ranges, one row each.

use super::*;

#[test]
fn addresses_outside_the_public_internet_are_refused() {
    let rows = [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];
    for row in rows {
        assert!(!Guard::default().permits(row.parse().unwrap()), "{row}");
    }
}

#[test]
fn public_addresses_are_permitted() {
    for row in [
        "1.1.1.1",
        "8.8.8.8",
        "172.15.255.255",
        "172.32.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "168.63.129.17",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "2606:4700::1111",
        "2a00:1450::1",
    ] {
        assert!(Guard::default().permits(row.parse().unwrap()), "{row}");
    }
}

#[test]
fn a_listed_network_is_permitted_and_nothing_beside_it() {
    let guard = Guard::new(vec![
        Network::check("10.1.0.0/16").unwrap(),
        Network::check("::1").unwrap(),
    ]);
    for (row, expected) in [
        ("10.1.2.3", true),
        ("::ffff:10.1.2.3", true),
        ("10.2.0.1", false),
        ("::1", true),
        ("::2", false),
        ("127.0.0.1", false),
    ] {
        assert_eq!(guard.permits(row.parse().unwrap()), expected, "{row}");
    }
}
