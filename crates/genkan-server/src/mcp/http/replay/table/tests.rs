//! Bounds hold, what is kept has no gap, and nothing is left behind.

use proptest::prelude::*;

use super::*;
use crate::mcp::http::replay::connection;

const BOUNDS: Bounds = Bounds {
    per_session: 1_000,
    in_all: 1_600,
};

#[derive(Clone, Debug)]
enum Step {
    Open(u8),
    Say(u8, usize),
    Finish(u8),
    Forget(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..9_u8).prop_map(Step::Open),
        9 => (0..9_u8, 0..300_usize).prop_map(|(stream, size)| Step::Say(stream, size)),
        2 => (0..9_u8).prop_map(Step::Finish),
        1 => (0..3_u8).prop_map(Step::Forget),
    ]
}

fn name(stream: u8) -> StreamName {
    let text = format!("AAAAAAAAAAAAAAA{stream}.0");
    EventId::parse(&text).unwrap().stream
}

/// Streams 0–2 are of session 0, and so on.
fn session(stream: u8) -> String {
    (stream / 3).to_string()
}

fn check(table: &Table) {
    let cost = |stream: &Stream| -> usize {
        stream
            .kept
            .iter()
            .map(|event| event.text.len() + OVERHEAD)
            .sum()
    };
    let total: usize = table.streams.values().map(cost).sum();
    assert_eq!(table.bytes, total);
    assert!(total <= BOUNDS.in_all);
    let events: usize = table.streams.values().map(|stream| stream.kept.len()).sum();
    assert_eq!(table.order.len(), events);
    for (session, share) in &table.sessions {
        let own = table
            .streams
            .values()
            .filter(|stream| stream.session == *session);
        assert_eq!(share.bytes, own.clone().map(cost).sum::<usize>());
        assert_eq!(share.streams.len(), own.count());
        assert!(share.bytes <= BOUNDS.per_session);
    }
    for (name, stream) in &table.streams {
        assert!(!(stream.is_finished && stream.kept.is_empty()));
        let kept = u64::try_from(stream.kept.len()).unwrap();
        for number in 0..=stream.last + 1 {
            let heard = table.after(*name, number).map(|events| events.len());
            let expected = (number <= stream.last && stream.last - number <= kept)
                .then_some(usize::try_from(stream.last.saturating_sub(number)).unwrap());
            assert_eq!(heard, expected);
        }
    }
}

proptest! {
    #[test]
    fn the_table_is_always_true(steps in prop::collection::vec(step(), 0..120)) {
        let mut table = Table::new(BOUNDS);
        for step in steps {
            match step {
                Step::Open(stream) => {
                    table.open(&session(stream), name(stream), connection(0).0);
                }
                Step::Say(stream, size) => {
                    let generation = table.streams.get(&name(stream)).map_or(1, |stream| stream.generation);
                    table.say(name(stream), generation, &vec![b'x'; size].into());
                }
                Step::Finish(stream) => table.finish(name(stream)),
                Step::Forget(session) => table.forget(&session.to_string()),
            }
            check(&table);
        }
    }
}

#[test]
fn the_oldest_goes_first() {
    let mut table = Table::new(BOUNDS);
    let generation = table.open("0", name(0), connection(0).0);
    for _ in 0..6 {
        table.say(name(0), generation, &Bytes::from_static(&[b'x'; 100]));
    }
    assert!(table.after(name(0), 0).is_none());
    let kept = table.after(name(0), 3).unwrap();
    assert!(kept[0].starts_with(b"id: ") && kept.len() == 3);
    assert!(std::str::from_utf8(&kept[2]).unwrap().contains(".6\n"));
}

#[test]
fn who_told_before_tells_no_longer() {
    let mut table = Table::new(BOUNDS);
    let before = table.open("0", name(0), connection(0).0);
    let now = table.open("0", name(0), connection(0).0);
    assert!(table.say(name(0), before, &Bytes::new()).is_none());
    assert!(table.say(name(0), now, &Bytes::new()).is_some());
}
