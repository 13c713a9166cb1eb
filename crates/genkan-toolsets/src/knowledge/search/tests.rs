//! What search promises of any text: bounded, stable words, and one total order.

use std::collections::HashMap;

use proptest::prelude::*;

use super::{
    places::Places,
    profile::{self, Frequency, Profile, TERMS},
    query::{Keyword, Kind, Query},
    rank::{Candidate, Corpus, Ranked, Ranking, order},
    similarity::similarity,
    synonyms::{self, Pair, Synonyms},
    term::Terms,
    words::{WORD_CHARACTERS, each_folded, each_word},
};

fn read(text: &str) -> Query {
    Query::of(text, &Synonyms::none())
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word(text, &mut |word| {
        words.push(word.whole.to_owned());
        words.extend(word.parts.iter().cloned());
    });
    words
}

#[test]
fn words_are_found_in_every_way_of_writing() {
    for (text, expected) in [
        ("", ""),
        ("  \t\n ", ""),
        ("Hello, World!", "hello world"),
        ("node.js", "nodejs node js"),
        ("NodeJS", "nodejs node js"),
        ("node_js", "nodejs node js"),
        ("k8s utf8 OAuth2", "k8s utf8 oauth2 o auth2"),
        ("HTTPServer", "httpserver http server"),
        ("getTaskContext", "gettaskcontext get task context"),
        ("state-of-the-art", "stateoftheart state of the art"),
        ("one-two-three-four-five", "one two three four five"),
        ("user's don’t", "users dont"),
        ("Café CAFÉ Cafe\u{301}", "cafe cafe cafe"),
        ("ﬁle №5 ½", "file no5 1 2"),
        ("ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ"),
        ("İstanbul", "istanbul"),
        ("pass\u{200B}word so\u{AD}ft", "password soft"),
        ("A🅐 b🅐", "a🅐 b🅐"),
        ("日本語", "日本 本語"),
        ("玄 is", "玄 is"),
        ("Rust言語", "rust 言語"),
        ("हिन्दी", "हिन्दी"),
        ("\"a\" OR b* NEAR(c) -d :e ^f", "a or b near c d e f"),
        ("'; DROP TABLE x; --", "drop table x"),
        ("1.5 2026-11-05", "15 1 5 20261105 2026 11 05"),
    ] {
        assert_eq!(words(text).join(" "), expected, "words of {text:?}");
    }
}

#[test]
fn words_of_one_megabyte_are_bounded() {
    for text in [
        "a".repeat(1 << 20),
        "a-".repeat(1 << 19),
        "aB".repeat(1 << 19),
        "é".repeat(1 << 19),
        "語".repeat(1 << 18),
    ] {
        let profile = Profile::of("", &text);
        assert!(
            profile.terms.len() <= 1 << 20,
            "{} bytes of terms",
            profile.terms.len()
        );
    }
    let many: String = (0..200_000).map(|n| format!("w{n} ")).collect();
    assert_eq!(Profile::of("", &many).terms.split(' ').count(), TERMS);
}

#[test]
fn profile_counts_terms_by_field() {
    let profile = Profile::of(
        "deployments rollback",
        "Deploy by deploying. Never deploy on Fridays.",
    );
    let read: HashMap<_, _> = profile::read(&profile.terms, &profile.frequencies).collect();
    assert_eq!(
        read["deploy"].read(),
        Frequency {
            context: 1,
            content: 3
        }
    );
    assert_eq!(
        read["rollback"].read(),
        Frequency {
            context: 1,
            content: 0
        }
    );
    assert_eq!((profile.context_length, profile.content_length), (2, 7));
}

#[test]
fn empty_profile_reads_as_nothing() {
    let profile = Profile::of("", "…");
    assert_eq!(
        profile::read(&profile.terms, &profile.frequencies).count(),
        0
    );
}

#[test]
fn query_has_each_keyword_once_and_in_its_order() {
    let written = |text| {
        let query = read(text);
        let first = |keyword: &Keyword| keyword.forms[0].text.clone();
        query.keywords.iter().map(first).collect::<Vec<_>>()
    };
    assert_eq!(written("rust tokio RUST"), ["rust", "tokio"]);
    assert_eq!(written("tokio rust rusts"), ["tokio", "rust"]);
    assert!(read(" \"\" -- ").is_empty());
}

/// All the ways in which the keywords of a query are looked for, in words.
fn forms(text: &str, synonyms: &Synonyms) -> Vec<String> {
    let query = Query::of(text, synonyms);
    let forms = query.keywords.iter().flat_map(|keyword| &keyword.forms);
    forms.map(|form| form.text.clone()).collect()
}

#[test]
fn queries_are_rewritten_into_what_means_the_same() {
    for (query, form) in [
        ("k8s", "kubernetes"),
        ("Kubernetes", "k8s"),
        ("certs", "certificate"),
        ("node.js", "node js"),
        ("back off", "backoff"),
        ("pull requests", "pr"),
        ("PR", "pull request"),
        ("end-to-end", "e2e"),
        ("e2e", "end to end"),
        ("localisation", "localization"),
        ("colors", "colours"),
        ("licence", "license"),
        ("VMs", "vm"),
        ("Continuous Integration server", "ci"),
        ("i18n", "internationalisation"),
    ] {
        let found = forms(query, &Synonyms::new(Vec::new()));
        assert!(
            found.iter().any(|text| text == form),
            "{query:?}: {found:?}"
        );
        let plain = forms(query, &Synonyms::none());
        assert!(plain.len() <= found.len(), "{query:?}: {plain:?}");
    }
}

#[test]
fn tenants_add_synonyms_and_switch_off_those_of_the_house() {
    let pair = |word: &str, synonym: &str, active| Pair {
        key: synonyms::key(word),
        synonym: synonym.to_owned(),
        active,
    };
    let ours = Synonyms::new(vec![
        pair("genba", "shop floor", true),
        pair("k8s", "Kubernetes", false),
    ]);
    assert_eq!(forms("Genba", &ours), ["genba", "shop floor"]);
    assert_eq!(forms("k8s", &ours), ["k8s", "kube"]);
}

#[test]
fn synonyms_of_the_house_are_pairs_of_different_words() {
    for line in include_str!("synonyms.txt").lines() {
        let words: Vec<&str> = line
            .split(", ")
            .filter(|_| !line.starts_with('#'))
            .collect();
        for (place, word) in words
            .iter()
            .enumerate()
            .filter(|(_, word)| !word.is_empty())
        {
            assert_eq!(synonyms::shown(word), *word, "{line}: is folded");
            assert!(
                word.split(' ').count() <= synonyms::WORDS,
                "{line}: is short"
            );
            assert!(!words[..place].contains(word), "{line}: says {word} once");
            assert!(words.len() > 1, "{line}: says what else");
        }
    }
}

#[test]
fn keywords_that_stand_together_count_more() {
    let entries = [
        candidate(0, "notes", "a limit of the daily rate"),
        candidate(1, "notes", "the rate limit of a day"),
        candidate(
            2,
            "notes",
            "rate of many things that come and go, and a limit",
        ),
    ];
    let texts = [
        "a limit of the daily rate",
        "the rate limit of a day",
        "rate of many things that come and go, and a limit",
    ];
    let queries = [read("rate limit")];
    let corpus = corpus(&entries);
    let ranking = Ranking::new(&queries, &corpus);
    let score = |n: usize| ranking.score_with_text(&entries[n], ["notes", texts[n]]);
    let plain: Vec<f64> = ranking
        .rank(&entries)
        .iter()
        .map(|ranked| ranked.score)
        .collect();
    assert!(
        score(1) > score(0) && score(0) > score(2),
        "{} {} {}",
        score(0),
        score(1),
        score(2)
    );
    assert!(plain.iter().all(|plain| *plain <= score(1)));
    assert_eq!(
        ranking.score_with_text(&entries[1], ["", ""]),
        ranking.rank(&entries[1..2])[0].score
    );
}

#[test]
fn similar_entries_are_alike_and_others_are_not() {
    let spaces = Profile::of("indentation style", "Indent with four spaces.");
    let tabs = Profile::of("indentation style", "Indent with tabs, never with spaces.");
    let other = Profile::of("release checklist", "Tag the commit, then publish.");
    let of = |a: &Profile, b: &Profile| {
        similarity((&a.terms, &a.frequencies), (&b.terms, &b.frequencies))
    };
    assert!((of(&spaces, &spaces) - 1.0).abs() < f64::EPSILON);
    assert!(
        of(&spaces, &tabs) >= super::similarity::LIKELY,
        "{}",
        of(&spaces, &tabs)
    );
    assert!(of(&spaces, &other) < 0.1);
}

fn candidate(id: u32, context: &str, content: &str) -> Candidate {
    let profile = Profile::of(context, content);
    Candidate {
        id: format!("{id:08}"),
        distance: id % 3,
        terms: profile.terms,
        frequencies: profile.frequencies,
        context_length: profile.context_length,
        content_length: profile.content_length,
    }
}

fn ranked(queries: &[Query], corpus: &Corpus, candidates: &[Candidate]) -> Vec<Ranked> {
    Ranking::new(queries, corpus).rank(candidates)
}

/// The statistics of exactly these entries.
fn corpus(entries: &[Candidate]) -> Corpus {
    let mut corpus = Corpus {
        entries: entries.len() as u64,
        ..Corpus::default()
    };
    for entry in entries {
        corpus.context_length += u64::from(entry.context_length);
        corpus.content_length += u64::from(entry.content_length);
        for (term, _) in profile::read(&entry.terms, &entry.frequencies) {
            *corpus
                .document_frequencies
                .entry(term.to_owned())
                .or_default() += 1;
        }
    }
    corpus
}

#[test]
fn ranking_prefers_rare_terms_keywords_and_near_scopes() {
    let entries = [
        candidate(0, "database", "general words about a database"),
        candidate(1, "notes", "a database is mentioned here, migration too"),
        candidate(2, "migration", "how a migration of the database runs"),
        candidate(3, "other", "nothing of the kind"),
    ];
    let ids = |query: &str| -> Vec<String> {
        ranked(&[read(query)], &corpus(&entries), &entries)
            .into_iter()
            .map(|r| r.id)
            .collect()
    };
    assert_eq!(
        ids("database migration"),
        ["00000002", "00000001", "00000000"]
    );
    assert_eq!(ids("absent"), Vec::<String>::new());
    let twins = [
        candidate(7, "twin", "same"),
        candidate(6, "twin", "same"),
        candidate(9, "twin", "same"),
    ];
    let twins = ranked(&[read("twin")], &corpus(&twins), &twins);
    let order: Vec<_> = twins.iter().map(|r| (r.distance, r.id.as_str())).collect();
    assert_eq!(order, [(0, "00000006"), (0, "00000009"), (1, "00000007")]);
}

#[test]
fn written_together_or_apart_is_found() {
    let entries = [
        candidate(0, "runtime", "We use nodejs."),
        candidate(1, "runtime", "We use Node JS."),
    ];
    for query in ["node.js", "NodeJS", "node-js"] {
        assert_eq!(
            ranked(&[read(query)], &corpus(&entries), &entries).len(),
            2,
            "{query}"
        );
    }
}

fn entry() -> impl Strategy<Value = (String, String)> {
    let word = prop::sample::select(vec![
        "alpha", "beta", "gamma", "delta", "node.js", "getTask", "é", "zeta",
    ]);
    let words = prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "));
    (words.clone(), words)
}

proptest! {
    #[test]
    fn plain_texts_have_the_words_that_any_text_has(text in "[ -~\\n]{0,120}|([a-z]{1,9}[ .'_A-Z-]){0,30}") {
        let (mut plain, mut folded) = (Vec::new(), Vec::new());
        each_word(&text, &mut |word| plain.push((word.whole.to_owned(), word.parts.to_vec())));
        each_folded(&text, &mut |word| folded.push((word.whole.to_owned(), word.parts.to_vec())));
        prop_assert_eq!(plain, folded);
    }

    #[test]
    fn stems_begin_as_their_words_do(word in "[a-z]{3,12}|[aeiouydlt]{1,2}(ing|ed|ies)") {
        let stems = Terms::new();
        let stem = stems.of(&word);
        let places = Places::of(&[&*stem], [&format!("{word} {word}"), ""]);
        prop_assert!(places.nearness(0, 0) > 0.0, "{word} {stem}");
    }

    #[test]
    fn words_are_bounded_and_stable(text in "\\PC{0,200}") {
        let once = words(&text);
        for word in &once {
            prop_assert!(!word.is_empty());
            prop_assert!(word.chars().count() <= WORD_CHARACTERS);
            prop_assert!(!word.contains(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()), "{word:?}");
            prop_assert!(!word.contains(|c: char| c.is_ascii_uppercase() || c.is_control()), "{word:?}");
        }
        prop_assert_eq!(words(&once.join(" ")), once);
    }

    #[test]
    fn any_text_makes_a_sorted_profile_and_a_query(context in any::<String>(), content in any::<String>()) {
        let profile = Profile::of(&context, &content);
        let terms: Vec<_> = profile::read(&profile.terms, &profile.frequencies).collect();
        prop_assert!(terms.windows(2).all(|pair| pair[0].0 < pair[1].0));
        prop_assert!(terms.iter().map(|(_, f)| f.read()).all(|f| f.context + f.content > 0));
        let known: Vec<_> = terms.iter().map(|(term, _)| *term).collect();
        let query = read(&content);
        let written = query.keywords.iter().flat_map(|keyword| &keyword.forms);
        for form in written.filter(|form| matches!(form.kind, Kind::Whole | Kind::Parts)) {
            for term in &form.terms {
                prop_assert!(known.contains(&term.as_str()), "the query term {term:?} of the content is indexed");
            }
        }
    }

    #[test]
    fn ranking_does_not_depend_on_the_order_of_candidates(
        entries in prop::collection::vec(entry(), 1..30),
        queries in prop::collection::vec("[a-z]{1,3}|alpha|beta gamma|node js delta|task", 1..4),
        turn in 0_usize..30,
    ) {
        let candidates: Vec<_> =
            (0..).zip(&entries).map(|(id, (context, content))| candidate(id, context, content)).collect();
        let queries: Vec<_> = queries.iter().map(|query| read(query)).collect();
        let corpus = corpus(&candidates);
        let places = ranked(&queries, &corpus, &candidates);
        let mut turned = candidates.clone();
        turned.rotate_left(turn % candidates.len());
        prop_assert_eq!(&ranked(&queries, &corpus, &turned), &places);
        prop_assert!(places.windows(2).all(|pair| order(&pair[0], &pair[1]).is_lt()), "strictly ordered");
        prop_assert!(places.iter().all(|r| r.score.is_finite() && r.score > 0.0));
    }
}
