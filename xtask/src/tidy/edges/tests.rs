//! Allowed and forbidden edges.

use super::{Dependency, Package, judge};

fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
    let dependency = |(name, kind): &(&str, Option<&str>)| Dependency {
        name: (*name).to_owned(),
        kind: kind.map(str::to_owned),
    };
    Package {
        name: name.to_owned(),
        dependencies: dependencies.iter().map(dependency).collect(),
    }
}

#[track_caller]
fn check(name: &str, dependency: &str, kind: Option<&str>, allowed: bool) {
    let findings = judge(&[package(name, &[(dependency, kind)])]);
    assert_eq!(
        findings.is_empty(),
        allowed,
        "{name} on {dependency}: {findings:?}"
    );
}

#[test]
fn edges_of_the_house_are_held() {
    check("genkan-store", "genkan-core", None, true);
    check("genkan-core", "genkan-store", None, false);
    check("genkan-engine", "genkan-toolsets", None, false);
    check("genkan-server", "genkan-store", None, false);
    check("genkan-server", "genkan-toolsets", None, false);
    check("genkan-toolsets", "genkan-engine", None, false);
    check("genkan", "genkan-server", None, true);
}

#[test]
fn testkit_is_for_tests_alone() {
    check("genkan-server", "genkan-testkit", Some("dev"), true);
    check("genkan-server", "genkan-testkit", None, false);
    check("genkan", "genkan-testkit", Some("build"), false);
}

#[test]
fn libraries_of_a_duty_have_one_owner() {
    check("genkan-server", "axum", None, true);
    check("genkan", "axum", None, false);
    check("genkan-identity", "sqlx", None, false);
    check("genkan-testkit", "sqlx", None, true);
    check("genkan-identity", "reqwest", Some("dev"), true);
}

#[test]
fn new_crate_needs_a_row() {
    assert_eq!(judge(&[package("genkan-new", &[])]).len(), 1);
}
