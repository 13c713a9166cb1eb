//! What the bill of materials says of a tree, and of the real one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

const TREE: &str = "\
0\tgenkan v0.1.0 (/somewhere/genkan)\tApache-2.0\t
1\tone v1.2.3\tMIT/Apache-2.0\thttps://example.com/one
2\ttwo v0.1.0+2.0 (proc-macro)\tISC\t
1\tthree v3.0.0\tMIT\t
2\tone v1.2.3\tMIT/Apache-2.0\thttps://example.com/one (*)
";

const LOCK: &str = r#"
[[package]]
name = "genkan"
version = "0.1.0"

[[package]]
name = "one"
version = "1.2.3"
checksum = "0123"
"#;

fn of(tree: &str) -> Value {
    super::bill(
        &super::parse(tree).unwrap(),
        &super::checksums(LOCK).unwrap(),
    )
    .unwrap()
}

#[test]
fn it_lists_every_package_once_with_licence_checksum_and_who_needs_it() {
    let bill = of(TREE);
    assert_eq!(bill["metadata"]["component"]["name"], "genkan");
    let components = bill["components"].as_array().unwrap();
    assert_eq!(components.len(), 3);
    let one = json!({
        "type": "library", "bom-ref": "pkg:cargo/one@1.2.3", "name": "one", "version": "1.2.3",
        "purl": "pkg:cargo/one@1.2.3", "licenses": [{ "expression": "MIT OR Apache-2.0" }],
        "hashes": [{ "alg": "SHA-256", "content": "0123" }],
        "externalReferences": [{ "type": "vcs", "url": "https://example.com/one" }],
    });
    assert_eq!(components[0], one);
    let needs = |name: &str| {
        let entries = bill["dependencies"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["ref"] == name).unwrap();
        entry["dependsOn"].clone()
    };
    let [one, two, three] =
        ["one@1.2.3", "two@0.1.0%2B2.0", "three@3.0.0"].map(|name| format!("pkg:cargo/{name}"));
    assert_eq!(needs("pkg:cargo/genkan@0.1.0"), json!([one, three]));
    assert_eq!(needs(&one), json!([two]));
    assert_eq!(needs(&three), json!([one]));
}

#[test]
fn a_tree_of_something_else_is_an_error() {
    let packages = super::parse("0\tother v1.0.0\tMIT\t\n").unwrap();
    assert!(super::bill(&packages, &super::checksums(LOCK).unwrap()).is_err());
    assert!(super::parse("genkan v0.1.0\n").is_err());
}

#[test]
fn the_bill_of_this_tree_is_whole() {
    let bill = super::document().unwrap();
    let components = bill["components"].as_array().unwrap();
    let names: BTreeSet<_> = components
        .iter()
        .map(|one| one["bom-ref"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), components.len(), "each stands there once");
    for component in components {
        let name = component["name"].as_str().unwrap();
        assert!(component["licenses"][0]["expression"].is_string(), "{name}");
        // Our own crates come from this repository and have no checksum.
        assert_eq!(
            component["hashes"].is_array(),
            !name.starts_with("genkan"),
            "{name}"
        );
    }
    for one in ["tokio", "axum", "aws-lc-sys", "rusqlite"] {
        assert!(
            components.iter().any(|component| component["name"] == one),
            "{one}"
        );
    }
    let product = bill["metadata"]["component"]["bom-ref"].as_str().unwrap();
    for entry in bill["dependencies"].as_array().unwrap() {
        for needed in entry["dependsOn"].as_array().unwrap() {
            let needed = needed.as_str().unwrap();
            assert!(names.contains(needed) && needed != product, "{needed}");
        }
    }
}
