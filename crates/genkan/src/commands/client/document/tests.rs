//! Files of clients as people have them, with an entry put in and taken out again.

use serde_json::{Value, json};

use super::*;

const SERVERS: Spot<'_> = Spot {
    section: "servers",
    name: "genkan",
};

fn entry() -> Value {
    json!({ "command": "/usr/bin/genkan", "args": ["stdio", "--data-dir", "/a \"b\"\\c"] })
}

/// Texts in which there is no entry of ours yet.
const TEXTS: &[(Format, &str)] = &[
    (Format::Json, "{}"),
    (Format::Json, "{}\n"),
    (Format::Json, "{\"servers\":{}}"),
    (
        Format::Json,
        "{\"a\":1,\"servers\":{\"other\":{\"command\":\"x\"}},\"b\":[1,2]}",
    ),
    (Format::Json, "{\n\t\"a\": 1.50,\n\t\"b\": \"\\u00e9\"\n}\n"),
    (
        Format::Json,
        "{\r\n    \"servers\": {\r\n        \"other\": {\"command\": \"x\"}\r\n    }\r\n}\r\n",
    ),
    (Format::Json, "\u{feff}{\n  \"servers\": {}\n}\n"),
    (
        Format::JsonWithComments,
        "// mine\n{\n  // a\n  \"a\": 1, // one\n  /* b */ \"b\": [1, 2,],\n}\n",
    ),
    (
        Format::JsonWithComments,
        "{\n  \"servers\": {\n    \"other\": { \"url\": \"x\" }, // kept\n  },\n}\n// end",
    ),
    (
        Format::JsonWithComments,
        "{\n  \"servers\": {\n    // nothing yet\n  }\n}\n",
    ),
    (Format::Toml, "model = \"o9\" # mine\n\n[other]\n  a=1\n"),
    (
        Format::Toml,
        "[servers.other]\ncommand = 'x'\n\n# tail\n[z]\nb = [\n  1,\n]\n",
    ),
    (
        Format::Toml,
        "servers = { other = { command = 'x' } }\nz = 1\n",
    ),
    (Format::Toml, "servers.other.command = 'x'\r\nz = 1\r\n"),
    (Format::Toml, "[servers]\n[servers.other]\ncommand = 'x'\n"),
];

#[test]
fn an_entry_is_found_where_it_was_put() {
    for (format, text) in TEXTS {
        assert_eq!(format.find(text, SERVERS), Ok(None), "{text}");
        let with = format.with(text, SERVERS, &entry()).unwrap();
        assert_eq!(format.find(&with, SERVERS), Ok(Some(entry())), "{with}");
        let other = format.with(&with, SERVERS, &json!({ "url": "y" })).unwrap();
        assert_eq!(
            format.find(&other, SERVERS),
            Ok(Some(json!({ "url": "y" }))),
            "{other}"
        );
    }
}

#[test]
fn every_byte_of_the_others_is_kept() {
    for (format, text) in TEXTS {
        let with = format.with(text, SERVERS, &entry()).unwrap();
        assert!(is_within(text, &with), "{text}\nbecame\n{with}");
        let without = format.without(&with, SERVERS).unwrap();
        if text.contains("other") && *format != Format::Toml {
            assert_eq!(without, *text);
        }
        for line in text
            .lines()
            .filter(|line| line.contains(['a', 'b', 'z', '#', '/']))
        {
            let line = line.trim_end_matches(['}', ',', ' ', '\r']);
            assert!(without.contains(line), "`{line}` is not in\n{without}");
        }
    }
}

/// Whether a text can be made from the other by only adding to it.
fn is_within(text: &str, longer: &str) -> bool {
    let mut rest = longer.bytes();
    text.bytes().all(|byte| rest.any(|other| other == byte))
}

#[test]
fn an_absent_file_becomes_a_small_one() {
    let json = Format::Json
        .with("", SERVERS, &json!({ "command": "g" }))
        .unwrap();
    let lines = "{\n  \"servers\": {\n    \"genkan\": {\n      \"command\": \"g\"\n    }\n  }\n}\n";
    assert_eq!(json, lines);
    let toml = Format::Toml
        .with("", SERVERS, &json!({ "command": "g" }))
        .unwrap();
    assert_eq!(toml, "[servers.genkan]\ncommand = \"g\"\n");
}

#[test]
fn what_its_own_program_could_not_read_is_refused_with_its_line() {
    let rows = [
        (Format::Json, "{\n  \"a\": 1,\n}", 2, "not JSON"),
        (Format::Json, "{\n  // no\n}", 2, "not JSON"),
        (Format::Json, "{\n  \"a\": 1\n  \"b\": 2\n}", 2, "not JSON"),
        (Format::Json, "{\n  'a': 1\n}", 2, "not JSON"),
        (Format::Json, "{", 1, "not JSON"),
        (Format::Json, "\n[]", 2, "not an object"),
        (
            Format::Json,
            "{\n\n\"servers\": []}",
            3,
            "`servers` is not an object",
        ),
        (
            Format::Json,
            "{\"servers\": {},\n\"servers\": {}}",
            2,
            "a second time",
        ),
        (
            Format::Json,
            "{\"servers\": {\"genkan\": {},\n\"genkan\": {}}}",
            2,
            "a second time",
        ),
        (
            Format::JsonWithComments,
            "{\n  a: 1\n}",
            2,
            "not JSON with comments",
        ),
        (
            Format::JsonWithComments,
            "{\n  \"a\": 1\n/* x",
            3,
            "not JSON with comments",
        ),
        (Format::Toml, "a = 1\nb = \n", 2, "not TOML"),
        (Format::Toml, "a = 1\na = 2\n", 2, "not TOML"),
        (
            Format::Toml,
            "a = 1\nservers = 3\n",
            2,
            "`servers` is not a table",
        ),
        (
            Format::Toml,
            "[[servers]]\na = 1\n",
            1,
            "`servers` is not a table",
        ),
        (Format::Toml, "a = 1\nb = 2\r\n", 2, "line endings"),
    ];
    for (format, text, line, why) in rows {
        for fault in [
            format.with(text, SERVERS, &entry()).unwrap_err(),
            format.without(text, SERVERS).unwrap_err(),
        ] {
            assert!(fault.why.contains(why), "{text}: {fault:?}");
            assert_eq!(fault.line, line, "{text}: {fault:?}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_editing_panic(text in "([\\[\\]{}:,\"a/* #\\n=\\.]{0,40}|\\PC{0,40})") {
        for format in [Format::Json, Format::JsonWithComments, Format::Toml] {
            let with = format.with(&text, SERVERS, &entry());
            if let Ok(with) = with {
                proptest::prop_assert_eq!(format.find(&with, SERVERS), Ok(Some(entry())));
            }
            let _ = format.without(&text, SERVERS);
        }
    }
}
