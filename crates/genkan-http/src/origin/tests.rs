//! Hostile and odd addresses.

use super::*;

#[test]
fn addresses_that_are_none_or_of_another_kind_are_refused() {
    let rows = [
        ("", "is none"),
        ("example.org", "is none"),
        ("//example.org/", "is none"),
        ("http://", "is none"),
        ("http://exa mple.org/", "is none"),
        ("http://[::1/", "is none"),
        ("http://1.2.3.4.5/", "is none"),
        ("http://999.1.1.1/", "is none"),
        ("http://example.org:99999/", "is none"),
        ("http://ex%00ample.org/", "is none"),
        ("ftp://example.org/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.org/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("data:text/plain,x", "scheme"),
        ("unix:/run/x.sock", "scheme"),
        ("ws://example.org/", "scheme"),
        ("http://user@example.org/", "user"),
        ("http://user:word@example.org/", "user"),
        ("http://:word@example.org/", "user"),
        ("http://example.org%40evil.example/", "is none"),
        ("http://example.org:0/", "port"),
        ("http://./", "host"),
    ];
    for (text, why) in rows {
        let refused = parse_url(text).expect_err(text).to_string();
        assert!(refused.contains(why), "{text}: {refused}");
    }
}

#[test]
fn every_spelling_of_an_address_is_the_address() {
    for text in [
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http:\\\\127.0.0.1/",
        "http:127.0.0.1/",
    ] {
        let origin = Origin::of(&parse_url(text).expect(text)).unwrap();
        assert_eq!(origin.host, "127.0.0.1", "{text}");
    }
    let mapped = Origin::of(&parse_url("http://[::ffff:7f00:1]/").unwrap()).unwrap();
    assert_eq!(mapped.host, "::ffff:7f00:1");
}

#[test]
fn an_origin_has_scheme_host_and_port() {
    let of = |text| Origin::of(&parse_url(text).unwrap()).unwrap();
    assert_eq!(
        of("https://A.example/x").to_string(),
        "https://a.example:443"
    );
    assert_eq!(of("http://[2606::1]:81/"), of("http://[2606:0::1]:81/y?z"));
    assert_ne!(of("http://a.example/"), of("https://a.example/"));
    assert_ne!(of("http://a.example/"), of("http://a.example:81/"));
    assert_eq!(of("http://[2606::1]:81/").authority(), "[2606::1]:81");
    let uri = Uri::from_static("http://[2606::1]:81/");
    assert_eq!(Origin::of_uri(&uri).unwrap(), of("http://[2606::1]:81/"));
}
