//! Which links are found wanting.

use super::super::Tree;

const PAGE: &str = "\
# A page

## Keys & `roles`
## Twice
## Twice

[good](other.md), [heading](other.md#it-is-here), [here](#keys--roles), [second](#twice-1),
[up](../README.md), [a folder](../deploy), [outside](https://example.com/x#y), `[code](nowhere.md)`

```text
[block](nowhere.md)
```
";

fn findings(page: &str) -> Vec<String> {
    let tree = Tree::of(&[
        ("README.md", "# Read me\n"),
        ("deploy/one.yml", ""),
        ("docs/other.md", "# It is here\n"),
        ("docs/page.md", page),
    ]);
    let findings = super::check(&tree).unwrap();
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn links_to_files_folders_and_headings_that_are_there_are_good() {
    assert_eq!(findings(PAGE), [""; 0]);
}

#[test]
fn every_link_that_leads_to_nothing_is_found_with_its_line() {
    for (target, fault) in [
        ("nowhere.md", "`nowhere.md` leads to nothing"),
        (
            "other.md#gone",
            "`other.md#gone`: docs/other.md has no such heading",
        ),
        ("#gone", "`#gone`: docs/page.md has no such heading"),
        (
            "../deploy/one.yml#x",
            "`../deploy/one.yml#x`: deploy/one.yml has no such heading",
        ),
        ("../../etc", "`../../etc` leads to nothing"),
        ("http://example.com", "`http://example.com` is not https"),
    ] {
        let page = format!("# Page\n\nsee [this]({target}).\n");
        assert_eq!(findings(&page), [format!("docs/page.md:3: {fault}")]);
    }
}
