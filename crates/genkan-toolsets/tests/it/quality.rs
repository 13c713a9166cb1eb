//! How good retrieval is, on a data set of our own (`tests/data/retrieval`), beside a plain search
//! for all terms, and a search by nearness beside ours. The bounds are on cases that nobody tuned on; of those only totals are printed.
#![allow(clippy::print_stderr, reason = "the gate shows how good retrieval is")]

use std::{collections::HashMap, sync::Arc};

use genkan_testkit::TestDb;
use genkan_toolsets::knowledge::embed::NGrams;
use serde::Deserialize;
use serde_json::json;

use crate::fixture::Knowledge;

const ENTRIES: &str = include_str!("../data/retrieval/entries.json");
const TUNING: &str = include_str!("../data/retrieval/tuning.json");
const HELD_OUT: &str = include_str!("../data/retrieval/held_out.json");
const INDEPENDENT: &str = include_str!("../data/retrieval/independent.json");

#[derive(Deserialize)]
struct DataSet {
    namespaces: HashMap<String, String>,
    scopes: Vec<Scope>,
    entries: HashMap<String, Vec<Entry>>,
    resolved: Vec<Resolved>,
}

#[derive(Deserialize)]
struct Scope {
    scope: String,
    description: String,
    parents: Vec<String>,
}

#[derive(Deserialize)]
struct Entry {
    key: String,
    task_size: Option<String>,
    context: String,
    content: String,
}

#[derive(Deserialize)]
struct Resolved {
    active: String,
    suppressed: Vec<String>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    scope: String,
    task_size: Option<String>,
    queries: Vec<String>,
    expected: Vec<String>,
    priority: String,
    never: Vec<String>,
}

/// What a set of cases came to.
#[derive(Default, Debug)]
struct Totals {
    cases: usize,
    expected: usize,
    found: usize,
    priority_found: usize,
    priority_first: usize,
    forbidden: usize,
    returned: usize,
    /// The sum of 1/place of the priority entries.
    reciprocal: f64,
}

impl Totals {
    fn add(&mut self, case: &Case, found: &[String]) {
        let has = |key: &&String| found.contains(key);
        self.cases += 1;
        self.expected += case.expected.len();
        self.found += case.expected.iter().filter(has).count();
        let place = found.iter().position(|key| *key == case.priority);
        self.priority_found += usize::from(place.is_some());
        self.priority_first += usize::from(place == Some(0));
        self.forbidden += case.never.iter().filter(has).count();
        self.returned += found.len();
        self.reciprocal += place.map_or(0.0, |place| {
            1.0 / f64::from(u32::try_from(place).unwrap() + 1)
        });
    }

    fn print(&self, name: &str) {
        eprintln!(
            "{name}: {} of {} expected found, priority entry found in {} and first in {} of {} (mean reciprocal \
             place {:.3}), forbidden shown {}, {} returned",
            self.found,
            self.expected,
            self.priority_found,
            self.priority_first,
            self.cases,
            self.reciprocal / f64::from(u32::try_from(self.cases).unwrap()),
            self.forbidden,
            self.returned,
        );
    }
}

/// The data set, written through the tools.
struct Written {
    knowledge: Knowledge,
    keys: HashMap<String, String>,
}

impl Written {
    async fn new(database: &TestDb, data: &DataSet) -> Self {
        let knowledge = Knowledge::open(database).await;
        for (name, description) in &data.namespaces {
            let namespace = json!({"name": name, "description": description});
            knowledge.ok("create_namespace", namespace).await;
        }
        for Scope {
            scope,
            description,
            parents,
        } in &data.scopes
        {
            let scope = json!({"scope": scope, "description": description, "parents": parents});
            knowledge.ok("create_scope", scope).await;
        }
        let mut ids = HashMap::new();
        for (scope, entry) in data.each() {
            let mut arguments =
                json!({"scope": scope, "context": entry.context, "content": entry.content});
            if let Some(size) = &entry.task_size {
                arguments["task_size"] = json!(size);
            }
            let id = knowledge.ok("write_knowledge", arguments).await["id"]
                .as_str()
                .unwrap()
                .to_owned();
            ids.insert(entry.key.clone(), id);
        }
        for Resolved { active, suppressed } in &data.resolved {
            let suppressed: Vec<_> = suppressed.iter().map(|key| &ids[key]).collect();
            let settle = json!({"active_id": ids[active], "suppressed_ids": suppressed});
            knowledge.ok("resolve_knowledge_conflict", settle).await;
        }
        let keys = ids.into_iter().map(|(key, id)| (id, key)).collect();
        Self { knowledge, keys }
    }

    async fn find(&self, case: &Case) -> Vec<String> {
        let mut request = json!({"scope": case.scope, "queries": case.queries});
        if let Some(size) = &case.task_size {
            request["task_size"] = json!(size);
        }
        let answer = self.knowledge.ok("get_task_context", request).await;
        let ranking = answer["ranking"].as_array().unwrap();
        ranking
            .iter()
            .map(|place| self.keys[place["id"].as_str().unwrap()].clone())
            .collect()
    }
}

impl DataSet {
    /// Every entry with its scope, in one order.
    fn each(&self) -> Vec<(&str, &Entry)> {
        let mut all: Vec<_> = self
            .entries
            .iter()
            .flat_map(|(scope, entries)| entries.iter().map(move |entry| (scope.as_str(), entry)))
            .collect();
        all.sort_by_key(|(scope, entry)| (*scope, &entry.key));
        all
    }

    /// The scopes that this one inherits from, itself included.
    fn line(&self, scope: &str) -> Vec<String> {
        let mut line = vec![scope.to_owned()];
        let mut next = 0;
        while let Some(scope) = line.get(next).cloned() {
            let parents = self
                .scopes
                .iter()
                .find(|s| s.scope == scope)
                .map_or(&[][..], |s| &s.parents);
            line.extend(parents.iter().cloned());
            line.push(format!("{}:default", scope.split(':').next().unwrap()));
            line.push("global:default".to_owned());
            let mut seen = std::collections::HashSet::new();
            line.retain(|scope| seen.insert(scope.clone()));
            next += 1;
        }
        line
    }

    /// The plain search: an entry is found by a query of which it holds every word as it is written.
    fn all_terms(&self, case: &Case) -> Vec<String> {
        let sizes = ["XS", "S", "M", "L", "XL"];
        let size = |name: &Option<String>| name.as_ref().map(|n| sizes.iter().position(|s| s == n));
        let line = self.line(&case.scope);
        let lost: Vec<&String> = self.resolved.iter().flat_map(|r| &r.suppressed).collect();
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (scope, entry) in self.each() {
            let fits =
                size(&entry.task_size).is_none_or(|own| own >= size(&case.task_size).flatten());
            if !fits || lost.contains(&&entry.key) || !line.iter().any(|s| s == scope) {
                continue;
            }
            let words = plain_words(&format!("{} {}", entry.context, entry.content));
            let hits = |query: &String| {
                let counts: Vec<usize> = plain_words(query)
                    .iter()
                    .map(|word| words.iter().filter(|w| *w == word).count())
                    .collect();
                if counts.contains(&0) {
                    0
                } else {
                    counts.iter().sum()
                }
            };
            let best = case.queries.iter().map(hits).max().unwrap();
            if best > 0 {
                found.push((best, &entry.key));
            }
        }
        found.sort_by_key(|(hits, key)| (std::cmp::Reverse(*hits), *key));
        found.into_iter().map(|(_, key)| key.to_owned()).collect()
    }
}

fn plain_words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn retrieval_finds_what_helps_and_puts_it_first() {
    let data: DataSet = serde_json::from_str(ENTRIES).unwrap();
    let tuning: Vec<Case> = serde_json::from_str(TUNING).unwrap();
    let held_out: Vec<Case> = serde_json::from_str(HELD_OUT).unwrap();
    let independent: Vec<Case> = serde_json::from_str(INDEPENDENT).unwrap();
    assert!(data.each().len() >= 110 && tuning.len() >= 23 && held_out.len() >= 20);
    TestDb::each(async |database| {
        let mut written = Written::new(&database, &data).await;
        for (name, cases, tuned) in [
            ("tuning", &tuning, true),
            ("held out", &held_out, false),
            ("independent", &independent, false),
        ] {
            let (mut ours, mut plain) = (Totals::default(), Totals::default());
            for case in cases {
                let found = written.find(case).await;
                ours.add(case, &found);
                plain.add(case, &data.all_terms(case));
                let missing: Vec<_> = case
                    .expected
                    .iter()
                    .filter(|key| !found.contains(key))
                    .collect();
                if tuned && (!missing.is_empty() || found.first() != Some(&case.priority)) {
                    eprintln!(
                        "  {}: missing {missing:?}, first are {:?}",
                        case.name,
                        &found[..found.len().min(4)]
                    );
                }
            }
            plain.print(&format!("{name}, all terms"));
            ours.print(&format!("{name}, ours"));
            assert_eq!(
                ours.forbidden, 0,
                "suppressed, foreign and smaller entries never come"
            );
            assert_eq!(
                ours.priority_found, ours.cases,
                "the entry that matters always comes"
            );
            assert!(
                ours.found * 100 >= ours.expected * 85,
                "what helps is found"
            );
            assert!(
                ours.priority_first * 100 >= ours.cases * 70,
                "the entry that matters comes first"
            );
            assert!(ours.found > plain.found, "better than the plain search");
        }
        written.knowledge.embed_with(Arc::new(NGrams)).await;
        for (name, cases) in [
            ("tuning", &tuning),
            ("held out", &held_out),
            ("independent", &independent),
        ] {
            let mut fused = Totals::default();
            for case in cases {
                fused.add(case, &written.find(case).await);
            }
            fused.print(&format!("{name}, ours and near n-grams"));
            assert_eq!(
                fused.forbidden, 0,
                "nearness shows nothing that words may not"
            );
            assert!(
                fused.found * 100 >= fused.expected * 85,
                "nearness hides nothing"
            );
        }
        written.knowledge.close().await;
    })
    .await;
}
