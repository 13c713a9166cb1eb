//! Which entries are worth ranking: for each query those with its rarest keyword, then those with
//! any, the rarest terms first, until there are enough; never more than a bounded number, and the same
//! ones on both databases.

use std::collections::{BTreeSet, HashMap, HashSet};

use genkan_core::{Result, trace::TARGET};
use genkan_store::{
    TenantTx,
    knowledge::{LineScope, Wanted},
};
use tracing::trace_span;

use super::{
    search::{
        Query,
        query::{Form, Keyword},
        rank::{Candidate, Corpus, Ranked, Ranking},
    },
    task_size::TaskSize,
};

/// The most entries that one request ranks.
pub(crate) const MOST: usize = 2_000;
/// The most entries that are asked for at once: four times what is returned.
const AT_ONCE: usize = 200;

/// What is asked.
pub(crate) struct Request<'a> {
    /// The scopes to look in.
    pub(crate) line: &'a [LineScope],
    /// The queries; each has keywords.
    pub(crate) queries: &'a [Query],
    /// The size of the task.
    pub(crate) task_size: Option<TaskSize>,
    /// The most entries to rank, at most [`MOST`].
    pub(crate) most: usize,
}

/// What was found.
pub(crate) struct Found {
    /// The entries, best first.
    pub(crate) ranked: Vec<Ranked>,
    /// What was known of each, by id, with the name of its scope.
    pub(crate) candidates: HashMap<String, (Candidate, String)>,
    /// What all entries are like.
    pub(crate) corpus: Corpus,
}

/// Finds and ranks the entries that answer the request.
pub(crate) async fn search(tx: &mut TenantTx, request: &Request<'_>) -> Result<Found> {
    let _span = trace_span!(target: TARGET, "search");
    let corpus = corpus(tx, request.queries).await?;
    let mut gathering = Gathering {
        request,
        corpus: &corpus,
        candidates: HashMap::new(),
        covered: HashSet::new(),
    };
    gathering.rarest_keywords(tx).await?;
    gathering.any_term(tx).await?;
    let candidates = gathering.candidates;
    let known = candidates.values().map(|(candidate, _)| candidate);
    let ranked = Ranking::new(request.queries, &corpus).rank(known);
    Ok(Found {
        ranked,
        candidates,
        corpus,
    })
}

async fn corpus(tx: &mut TenantTx, queries: &[Query]) -> Result<Corpus> {
    let terms: BTreeSet<&str> = queries.iter().flat_map(Query::terms).collect();
    let terms: Vec<&str> = terms.into_iter().collect();
    let statistics = tx.knowledge_statistics().await?;
    let frequencies = tx.knowledge_document_frequencies(&terms).await?;
    Ok(Corpus {
        entries: count(statistics.entries),
        context_length: count(statistics.context_length),
        content_length: count(statistics.content_length),
        document_frequencies: frequencies
            .into_iter()
            .map(|(term, entries)| (term, count(entries)))
            .collect(),
    })
}

/// Counts are never negative; if one were, it would count as nothing.
fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

struct Gathering<'r> {
    request: &'r Request<'r>,
    corpus: &'r Corpus,
    /// Candidates by id, with the name of their scope.
    candidates: HashMap<String, (Candidate, String)>,
    /// Terms of which every entry was fetched.
    covered: HashSet<&'r str>,
}

impl<'r> Gathering<'r> {
    /// For each query, entries that hold its rarest keyword; so those that hold all are among them.
    /// Where too many do, those that hold all are asked for too. Each query has an equal share, so
    /// that a common one does not crowd out the others; those that cannot find more than their share
    /// are asked for together. Terms that stand nowhere are left out.
    async fn rarest_keywords(&mut self, tx: &mut TenantTx) -> Result<()> {
        let share = self.request.most / self.request.queries.len().max(1);
        let share = share.clamp(1, AT_ONCE);
        let (mut together, mut most) = (Vec::new(), 0);
        for query in self.request.queries {
            let keywords: Vec<(Vec<&Form>, u64)> = query
                .keywords
                .iter()
                .map(|keyword| standing(keyword, self.corpus))
                .filter(|(forms, _)| !forms.is_empty())
                .collect();
            let Some((forms, entries)) = keywords.iter().min_by_key(|(_, entries)| *entries) else {
                continue;
            };
            let entries = usize::try_from(*entries).unwrap_or(usize::MAX);
            if entries <= share {
                together.push(any(forms));
                most += entries;
                self.cover(forms);
            } else if self.fetch(tx, &any(forms), share).await? < share {
                self.cover(forms);
            } else if keywords.len() > 1 {
                let all = keywords.iter().map(|(forms, _)| any(forms)).collect();
                self.fetch(tx, &Wanted::All(all), share).await?;
            }
        }
        if !together.is_empty() {
            self.fetch(tx, &Wanted::Any(together), most).await?;
        }
        Ok(())
    }

    /// Notes that every entry with one of these forms was found.
    fn cover(&mut self, forms: &[&'r Form]) {
        let single = forms.iter().filter(|form| form.terms.len() == 1);
        self.covered
            .extend(single.map(|form| form.terms[0].as_str()));
    }

    /// Entries that hold any term, the rarest terms first, until there are enough.
    async fn any_term(&mut self, tx: &mut TenantTx) -> Result<()> {
        let mut rarest: Vec<(u64, &str)> = self
            .corpus
            .document_frequencies
            .iter()
            .filter(|(term, _)| !self.covered.contains(term.as_str()))
            .map(|(term, entries)| (*entries, term.as_str()))
            .collect();
        rarest.sort_unstable();
        let (mut rest, enough) = (&rarest[..], self.request.most.min(AT_ONCE));
        while !rest.is_empty() && self.candidates.len() < enough {
            let fitting = fitting(rest, AT_ONCE);
            let terms = rest[..fitting]
                .iter()
                .map(|(_, term)| Wanted::Term((*term).to_owned()))
                .collect();
            self.fetch(tx, &Wanted::Any(terms), AT_ONCE).await?;
            rest = &rest[fitting..];
        }
        Ok(())
    }

    /// Asks for the newest entries that hold what is wanted, and returns how many there are.
    async fn fetch(&mut self, tx: &mut TenantTx, wanted: &Wanted, most: usize) -> Result<usize> {
        let line = self.request.line;
        let scopes: Vec<&str> = line.iter().map(|scope| scope.id.as_str()).collect();
        let least_size = self.request.task_size.map(TaskSize::stored);
        let found = tx
            .knowledge_candidates(wanted, &scopes, least_size, most)
            .await?;
        let count = found.len();
        for found in found {
            let Some(scope) = line.iter().find(|scope| scope.id == found.scope) else {
                continue;
            };
            let candidate = Candidate {
                id: found.id.clone(),
                distance: scope.distance,
                terms: found.terms,
                frequencies: found.frequencies,
                context_length: u32::try_from(found.context_length).unwrap_or(u32::MAX),
                content_length: u32::try_from(found.content_length).unwrap_or(u32::MAX),
            };
            self.candidates
                .insert(found.id, (candidate, scope.name.clone()));
        }
        Ok(count)
    }
}

/// How many of the terms can be asked for at once without finding more than there is room for; at
/// least one.
fn fitting(terms: &[(u64, &str)], room: usize) -> usize {
    let mut sum = 0_u64;
    let within = |(entries, _): &&(u64, &str)| {
        sum = sum.saturating_add(*entries);
        sum <= room as u64
    };
    terms.iter().take_while(within).count().max(1)
}

/// The forms of a keyword that stand in some entry, and in how many entries at most.
fn standing<'k>(keyword: &'k Keyword, corpus: &Corpus) -> (Vec<&'k Form>, u64) {
    let mut sum = 0_u64;
    let forms = keyword
        .forms
        .iter()
        .filter(|form| match corpus.entries_with(form) {
            0 => false,
            entries => {
                sum = sum.saturating_add(entries);
                true
            }
        });
    (forms.collect(), sum)
}

/// What an entry must hold for a keyword: one of its forms.
fn any(forms: &[&Form]) -> Wanted {
    let form = |form: &&Form| {
        let mut terms = form.terms.iter().map(|term| Wanted::Term(term.clone()));
        match (terms.next(), form.terms.len()) {
            (Some(only), 1) => only,
            (first, _) => Wanted::All(first.into_iter().chain(terms).collect()),
        }
    };
    Wanted::Any(forms.iter().map(form).collect())
}
