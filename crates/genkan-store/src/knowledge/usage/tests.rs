//! What is noted is bounded, and sums are what was noted.

use super::{sums::Sums, *};

fn search(at: i64, millis: u64) -> Search {
    Search {
        principal: PrincipalId::from_stored("somebody"),
        scope: "s".to_owned(),
        at: Timestamp::from_millis(at),
        took: Duration::from_millis(millis),
        queries: format!("words {millis}"),
        words: Vec::new(),
        found: Vec::new(),
        suggestions: Vec::new(),
    }
}

#[test]
fn no_more_is_noted_than_there_is_room_for() {
    let usage = Usage::new(UsageKept::default());
    let tenant = TenantId::default_tenant();
    for _ in 0..PENDING + 10 {
        usage.note(&tenant, search(0, 1));
    }
    assert_eq!(usage.pending().len(), PENDING);
}

#[test]
fn the_slowest_of_each_day_are_kept() {
    let searches: Vec<Search> = (0..30)
        .flat_map(|n| [search(0, n), search(DAY, 100 + n)])
        .collect();
    let sums = Sums::of(searches.iter());
    for (day, fastest) in [(0, 10_000), (1, 110_000)] {
        let of_day = sums.slow.iter().filter(|((of, ..), _)| *of == day);
        let times: Vec<i64> = of_day.map(|(_, sum)| sum[1]).collect();
        assert_eq!(
            (times.len(), times.iter().min()),
            (sums::SLOWEST, Some(&fastest))
        );
    }
    assert_eq!(sums.days[&(0, "s".to_owned())], [30, 30, 435_000, 29_000]);
    assert_eq!(day(Timestamp::from_millis(-1)), -1);
}
