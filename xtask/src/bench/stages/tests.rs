//! Profiles are read, and functions find their part.

use super::{REST, SQLITE, own_costs, part_of, replace};

const PROFILE: &str = "\
events: Ir
ob=(1) /bin/genkan-callgrind
fl=(1) ???
fn=(1) serde_json::de::from_str
0 40
+3 2
cob=(2) /lib/libc.so.6
cfn=(2) memcpy
calls=7 0
0 1000

ob=(2)
fn=(2)
0 900
* 100

ob=(1)
fn=(1)
0 8
";

#[test]
fn what_a_function_spent_itself_is_told_from_what_its_callees_spent() {
    let costs = own_costs(PROFILE);
    assert_eq!(
        costs[&("/bin/genkan-callgrind", "serde_json::de::from_str")],
        50
    );
    assert_eq!(costs[&("/lib/libc.so.6", "memcpy")], 1_000);
    assert_eq!(costs.len(), 2);
}

#[test]
fn functions_find_their_part() {
    for (function, part) in [
        (
            "<&mut serde_json::de::Deserializer<R> as X>::y",
            "JSON: reading and writing",
        ),
        (
            "core::ptr::drop_in_place<http::request::Parts>",
            "HTTP: routes and headers",
        ),
        ("genkan_engine::measure::Meters::count", "metrics and log"),
        (
            "genkan_engine::stages::pass::{{closure}}",
            "engine: ring and stages",
        ),
        (
            "aws_lc_0_47_0_sha256_block_data_order_avx",
            "digests: keys, records, chain",
        ),
        ("balance_nonroot", SQLITE),
        ("core::fmt::write", REST),
    ] {
        assert_eq!(
            part_of("/bin/genkan-callgrind", function),
            part,
            "{function}"
        );
    }
    assert_eq!(part_of("/lib/libc.so.6", "memcpy"), REST);
}

#[test]
fn table_stands_between_its_marks() {
    let document = "a\n<!-- stages: begin -->\nold\n<!-- stages: end -->\nb";
    let replaced = replace(document, "new").unwrap();
    assert_eq!(replaced, document.replace("old", "new"));
    assert!(replace("a", "new").is_err());
}
