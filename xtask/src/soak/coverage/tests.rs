//! What is counted, and how it is judged.

use super::*;

fn exported(files: &[(&str, u64, u64)]) -> Value {
    let root = workspace::root();
    let files: Vec<_> = files
        .iter()
        .map(|(path, count, covered)| {
            serde_json::json!({
                "filename": root.join(path),
                "summary": { "lines": { "count": count, "covered": covered } },
            })
        })
        .collect();
    serde_json::json!({ "data": [{ "files": files }] })
}

fn judged(files: &[(&str, u64, u64)]) -> (String, bool) {
    told(&lines(&exported(files)).unwrap()).unwrap()
}

#[test]
fn tests_and_tools_of_development_are_not_the_product() {
    let found = lines(&exported(&[
        ("crates/genkan-core/src/errors.rs", 10, 9),
        ("crates/genkan-core/src/errors/tests.rs", 10, 0),
        ("crates/genkan-core/tests/it/main.rs", 10, 0),
        ("crates/genkan-testkit/src/lib.rs", 10, 0),
        ("xtask/src/main.rs", 10, 0),
    ]))
    .unwrap();
    let names: Vec<_> = found.keys().map(String::as_str).collect();
    assert_eq!(names, ["crates/genkan-core/src/errors.rs"]);
}

#[test]
fn a_module_below_its_share_fails_a_good_whole_and_its_files_are_named() {
    let (text, reached) = judged(&[
        ("crates/genkan-core/src/errors.rs", 1000, 990),
        ("crates/genkan-core/src/clock/real.rs", 10, 7),
    ]);
    assert!(!reached);
    assert!(text.contains("`clock` 70.0 %"), "{text}");
    assert!(
        text.contains("`crates/genkan-core/src/clock/real.rs` 70 % of 10"),
        "{text}"
    );
}

#[test]
fn a_small_file_below_its_share_is_named_and_its_module_judged_as_a_whole() {
    let (text, reached) = judged(&[
        ("crates/genkan-core/src/clock/mod.rs", 100, 99),
        ("crates/genkan-core/src/clock/real.rs", 10, 5),
    ]);
    assert!(reached);
    assert!(text.contains("real.rs` 50 %"), "{text}");
}

#[test]
fn ninety_percent_of_all_must_be_run() {
    let (_, reached) = judged(&[("crates/genkan-core/src/errors.rs", 100, 89)]);
    assert!(!reached);
}
