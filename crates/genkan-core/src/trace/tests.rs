//! Each rule of the two recommendations, and that nothing panics.

use proptest::prelude::*;

use super::*;

const RIGHT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn read(
    parent: Option<&str>,
    state: Option<&str>,
    baggage: Option<&str>,
) -> (Option<Trace>, Vec<&'static str>) {
    let mut malformed = Vec::new();
    let trace = Trace::read(parent, state, baggage, |part| malformed.push(part.as_str()));
    (trace, malformed)
}

#[test]
fn a_traceparent_is_read() {
    let (trace, malformed) = read(
        Some(RIGHT),
        Some("congo=t61rcWkgMzE,rojo=1"),
        Some("a=1;p;q=2, b = 2"),
    );
    let trace = trace.unwrap();
    let parent = trace.parent.unwrap();
    assert!(malformed.is_empty() && trace.state.is_some() && trace.baggage.is_some());
    assert_eq!(parent.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(parent.span_id(), "00f067aa0ba902b7");
    assert!(parent.is_sampled() && parent.as_str() == RIGHT);
    let later = format!("cc{}-more", &RIGHT[2..]);
    assert!(is_parent(&later) && is_parent(&later[..55]));
}

#[test]
fn a_malformed_traceparent_takes_the_tracestate_with_it() {
    let wrong = [
        "",
        "00",
        &RIGHT.to_uppercase(),
        &format!("ff{}", &RIGHT[2..]),
        &format!("{RIGHT}-more"),
        &format!("cc{}more", &RIGHT[2..]),
        &RIGHT.replace('-', "_"),
        &RIGHT.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
        &RIGHT.replace("00f067aa0ba902b7", &"0".repeat(16)),
        &RIGHT.replace("4bf", "4bg"),
        &RIGHT.replace("4b", "ä"),
        &format!("cc{}-{}", &RIGHT[2..], "x".repeat(300)),
    ];
    for text in wrong {
        let (trace, malformed) = read(Some(text), Some("a=1"), None);
        assert_eq!((trace, malformed), (None, vec!["traceparent"]), "{text}");
    }
    assert_eq!(
        read(None, Some("a=1"), None).0,
        None,
        "it belongs to a traceparent"
    );
}

#[test]
fn each_malformed_part_is_left_out_alone() {
    let many = (0..33)
        .map(|key| format!("k{key}=1"))
        .collect::<Vec<_>>()
        .join(",");
    let states = [
        "",
        "=1",
        "a",
        "a=",
        "A=1",
        "a=1,a=2",
        "a=b=c",
        "1a=1",
        "a@1b=2",
        &many,
        &"a".repeat(600),
    ];
    for state in states {
        let (trace, malformed) = read(Some(RIGHT), Some(state), Some("a=1"));
        let trace = trace.unwrap();
        assert_eq!(
            (trace.state, malformed),
            (None, vec!["tracestate"]),
            "{state}"
        );
        assert!(trace.parent.is_some() && trace.baggage.is_some());
    }
    for baggage in [
        "",
        "a",
        "=1",
        "a b=1",
        "a=1,",
        "a=\"1\"",
        "a=1;",
        "a=ä",
        &"a=1,".repeat(70),
    ] {
        let (trace, malformed) = read(None, None, Some(baggage));
        assert_eq!((trace, malformed), (None, vec!["baggage"]), "{baggage}");
    }
    assert!(
        is_state("1t@sys=v,,fw529a3039@dt=FfffffB"),
        "tenants, and empty members"
    );
}

proptest! {
    #[test]
    fn nothing_panics(parent in "\\PC{0,80}", state in "\\PC{0,40}", baggage in "\\PC{0,40}") {
        read(Some(&parent), Some(&state), Some(&baggage));
    }

    #[test]
    fn near_traceparents_do_not_panic(text in "[0-9a-f\\-ä]{50,60}") {
        if let (Some(trace), _) = read(Some(&text), None, None) {
            let parent = trace.parent.unwrap();
            prop_assert!(parent.trace_id().len() == 32 && parent.span_id().len() == 16);
        }
    }
}
