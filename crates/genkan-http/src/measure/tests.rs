//! Which label a host has.

use crate::parse_url;

use super::*;

#[test]
fn so_many_hosts_have_a_label_of_their_own_and_keep_it() {
    let labels = Labels::default();
    let label = |number: usize| {
        let url = parse_url(&format!("https://host{number}.example:8443")).unwrap();
        labels.meter(&Origin::of(&url).unwrap()).host
    };
    for number in 0..OWN {
        assert_eq!(label(number), format!("host{number}.example:8443"));
    }
    assert_eq!(label(OWN), "other");
    assert_eq!(label(0), "host0.example:8443");
}
