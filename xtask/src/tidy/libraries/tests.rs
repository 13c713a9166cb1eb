//! Policy over a made-up list of packages.

use super::{Policy, foreign_sources, judge, parse};

fn policy() -> Policy {
    toml::from_str(
        r#"
        [licenses]
        allow = ["MIT"]
        [bans]
        deny = [{ crate = "ring", reason = "one crypto provider" }]
        "#,
    )
    .unwrap()
}

#[test]
fn list_of_cargo_is_read() {
    let packages =
        parse("a v1.0.0 (proc-macro)\tMIT\na v1.0.0 (proc-macro)\tMIT (*)\nb v2.0.0\t\n");
    let names: Vec<_> = packages
        .iter()
        .map(|(name, licence)| (&**name, &**licence))
        .collect();
    assert_eq!(names, [("a v1.0.0", "MIT"), ("b v2.0.0", "")]);
}

#[test]
fn banned_crate_is_found() {
    let findings = judge(&parse("ring v0.17.14\tMIT\nringer v1.0.0\tMIT"), &policy());
    assert_eq!(findings.len(), 1);
    assert_eq!(
        findings[0].to_string(),
        "ring v0.17.14: deny.toml bans it: one crypto provider"
    );
}

#[test]
fn licence_outside_the_list_is_found() {
    let findings = judge(
        &parse("a v1.0.0\tMIT\nb v1.0.0\tGPL-3.0\nc v1.0.0\t"),
        &policy(),
    );
    let places: Vec<_> = findings
        .iter()
        .map(|finding| finding.place.as_str())
        .collect();
    assert_eq!(places, ["b v1.0.0", "c v1.0.0"]);
}

#[test]
fn foreign_source_is_found() {
    let lock = format!(
        "source = \"{}\"\nsource = \"git+https://example.com/a\"\n",
        super::SOURCE
    );
    assert_eq!(foreign_sources(&lock).len(), 1);
}
