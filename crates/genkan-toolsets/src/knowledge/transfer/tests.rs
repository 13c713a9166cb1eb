//! What files become, and what is wrong with those that cannot become anything.

use proptest::prelude::*;

use super::*;

fn drafts(format: Format, text: &str) -> Vec<Draft> {
    let found = read(format, "a.md", text.as_bytes()).into_iter();
    found.map(|one| one.draft.unwrap()).collect()
}

#[test]
fn a_page_by_hand_is_split_at_its_headings() {
    let text = "---\ntitle: \"Guide\"\ntags: [ops, deploy]\n---\nBefore.\n\n# Guide\n\nIntro.\n\n## Release\n\n\
                ```sh\n# no heading\n```\n\n#### Deep\n\nstays\n\n## Empty\n\n## Release\n\nAgain.\n";
    let found = read(Format::Markdown, "ops/a.md", text.as_bytes());
    let shown: Vec<_> = found
        .iter()
        .map(|one| (one.line, one.draft.as_ref().unwrap().key.clone().unwrap()))
        .collect();
    let expected = [
        (5, "ops/a.md#guide"),
        (7, "ops/a.md#guide-2"),
        (11, "ops/a.md#guide/release"),
        (23, "ops/a.md#guide/release-2"),
    ];
    assert_eq!(shown, expected.map(|(line, key)| (line, key.to_owned())));
    let release = found[2].draft.as_ref().unwrap();
    assert_eq!(
        release.content,
        "# Guide › Release\n\n```sh\n# no heading\n```\n\n#### Deep\n\nstays"
    );
    let context = release.context.as_deref().unwrap();
    assert!(context.starts_with("ops deploy release guide"), "{context}");
}

#[test]
fn keywords_are_proposed_from_headings_and_frequent_words() {
    let text = "The cache is warm. Warm the cache before the release of the cache.";
    assert_eq!(
        keywords::proposed("Warming up", text),
        "warming cache warm release"
    );
    assert_eq!(keywords::proposed("", "!!! 123"), "imported");
    let long = "x".repeat(33);
    assert_eq!(keywords::proposed(&long, "a"), "imported");
}

#[test]
fn what_cannot_be_read_says_why_and_where() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let table: [(Format, &[u8], usize, &str); 19] = [
        (Format::Markdown, b"", 1, "is empty"),
        (Format::Markdown, b" \n\t\n", 1, "is empty"),
        (Format::Markdown, b"\x7fELF\x00\x01", 1, "not text"),
        (Format::Markdown, b"\xff\xfe", 1, "not text"),
        (Format::Markdown, b"---\nid: x\n", 1, "does not end"),
        (
            Format::Markdown,
            b"---\nid: x\nno colon\n---\n",
            3,
            "without a colon",
        ),
        (
            Format::Markdown,
            b"---\ntitle: \"x\n---\ntext",
            2,
            "quote that does not end",
        ),
        (
            Format::Markdown,
            b"---\ntags: [a, b\n---\ntext",
            2,
            "list that does not end",
        ),
        (
            Format::Markdown,
            b"---\n- a\n---\ntext",
            2,
            "list without a name",
        ),
        (
            Format::Markdown,
            b"---\nid: 1\nid: 2\n---\n",
            3,
            "stands twice",
        ),
        (Format::Markdown, b"# A\n\n## B\n", 1, "holds no text"),
        (
            Format::Json,
            b"{\"entries\": [\n{\"content\": \"a\"\n]}",
            3,
            "not a list of entries",
        ),
        (Format::Json, b"[]", 1, "holds no entries"),
        (Format::Json, b"{\"entries\": 1}", 1, "not a list"),
        (Format::Json, deep.as_bytes(), 1, "is no entry"),
        (Format::Csv, b"id,text\n1,2\n", 1, "no column `content`"),
        (Format::Csv, b"content\n", 1, "holds no entries"),
        (
            Format::Csv,
            b"id,content\n,\"a\n",
            2,
            "quote that does not end",
        ),
        (Format::Csv, b"id,content\n,\"a\"b\n", 2, "after a quote"),
    ];
    for (format, bytes, line, says) in table {
        let found = read(format, "a", bytes);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]);
        let [
            Read {
                line: at,
                draft: Err(wrong),
            },
        ] = &found[..]
        else {
            panic!("{shown}: {found:?}")
        };
        assert!(
            *at == line && wrong.contains(says),
            "{shown}: line {at}: {wrong}"
        );
    }
}

#[test]
fn one_bad_entry_leaves_the_others_alone() {
    let json = "[\n{\"content\": \"a\"},\n{\"contents\": \"b\"},\n{\"content\": \"c\",\n \"task_size\": 1}\n]";
    let found = read(Format::Json, "a", json.as_bytes());
    let shown: Vec<_> = found
        .iter()
        .map(|one| (one.line, one.draft.is_ok()))
        .collect();
    assert_eq!(shown, [(2, true), (3, false), (5, false)]);
    let csv = "id,content\n,\"a\nb\"\nx\n,c\n";
    let found = read(Format::Csv, "a", csv.as_bytes());
    let shown: Vec<_> = found
        .iter()
        .map(|one| (one.line, one.draft.is_ok()))
        .collect();
    assert_eq!(shown, [(2, true), (4, false), (5, true)]);
}

proptest! {
    #[test]
    fn what_is_written_reads_back(content in "[^\0]{0,200}", context in "[^\0]{1,60}", sized in any::<bool>()) {
        prop_assume!(!content.trim().is_empty() && !context.trim().is_empty());
        let context = context.split_whitespace().collect::<Vec<_>>().join(" ");
        let draft = Draft {
            id: Some("0199a3f0-1111-7abc-8def-0123456789ab".into()),
            context: Some(context).filter(|context| !context.contains(',')),
            task_size: sized.then(|| "XL".to_owned()),
            suppressed_by: (!sized).then(|| "0199a3f0-1111-7abc-8def-0123456789ac".to_owned()),
            content,
            key: None,
        };
        prop_assume!(draft.context.is_some());
        for format in [Format::Json, Format::Csv, Format::Markdown] {
            let text = write(format, "team:shop", std::slice::from_ref(&draft));
            prop_assert_eq!(&drafts(format, &text), std::slice::from_ref(&draft), "{:?}: {}", format, text);
        }
    }

    #[test]
    fn no_file_makes_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "(---\n)?[#`~\"\\[\\]{},:\n a-c-]{0,200}") {
        for format in [Format::Json, Format::Csv, Format::Markdown] {
            for bytes in [&bytes, text.as_bytes()] {
                prop_assert!(!read(format, "a", bytes).is_empty());
            }
        }
    }
}
