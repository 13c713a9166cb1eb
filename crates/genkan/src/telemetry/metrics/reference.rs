//! `docs/reference/metrics.md`, from what the code itself says of its metrics: every `describe_…!` of
//! every crate, read in the sources, since what a process describes depends on what it does.
//!
//! `GENKAN_TEST_WRITE=1 cargo test -p genkan reference` writes it anew.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use crate::settings::reference::same;

const HEAD: &str = "\
# Metrics

<!-- Written by `GENKAN_TEST_WRITE=1 cargo test -p genkan reference`; do not edit. -->

What `/metrics` serves, in the Prometheus text format, to whoever has the permission `metrics.read`;
[monitoring](../monitoring.md) says how to scrape it. A counter only grows until the process ends, a
histogram has the series `_bucket`, `_sum` and `_count`. Words set like `this` in a description are
labels. Names of tools that nobody offers never become labels.

| name | kind | what |
|---|---|---|
";

/// Kind and description of each metric, by name.
type Described = BTreeMap<String, (&'static str, String)>;

/// The Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let below = entries.flat_map(|path| match path.is_dir() {
        true => sources(&path),
        false => vec![path],
    });
    below
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .collect()
}

/// Notes what a file describes: the name, perhaps a unit, and the words.
fn read(source: &str, described: &mut Described) {
    for kind in ["counter", "gauge", "histogram"] {
        for (at, call) in source.match_indices(&format!("describe_{kind}!(")) {
            let arguments = source[at + call.len()..].split(");").next().unwrap();
            let name = arguments.split(',').next().unwrap().trim();
            let name = match name.strip_prefix('"') {
                Some(literal) => literal.trim_end_matches('"').to_owned(),
                None => constant(source, name),
            };
            let what = arguments.rsplit('"').nth(1).unwrap().to_owned();
            let before = described.insert(name.clone(), (kind, what));
            assert!(before.is_none(), "{name} is described twice");
        }
    }
}

/// The value of a constant of the same file.
fn constant(source: &str, name: &str) -> String {
    let definition = format!("const {name}: &str = \"");
    let value = source.split(&definition).nth(1);
    let value =
        value.unwrap_or_else(|| panic!("`{name}` is no constant of the file that describes it"));
    value.split('"').next().unwrap().to_owned()
}

#[test]
fn the_metrics_reference_is_up_to_date() {
    let mut described = Described::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for path in sources(&crates) {
        let of_product = path.components().any(|part| part.as_os_str() == "src");
        if of_product {
            read(&fs::read_to_string(path).unwrap(), &mut described);
        }
    }
    assert!(described.len() >= 24, "{described:?}");
    let mut page = HEAD.to_owned();
    for (name, (kind, what)) in &described {
        let _ = writeln!(page, "| `{name}` | {kind} | {what} |");
    }
    same("docs/reference/metrics.md", &page);
}
