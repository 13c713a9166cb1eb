//! `knowledge_settle_conflicts`: decide between entries that contradict each other.

use super::{About, Given, state::State};

pub(super) const ABOUT: About = About {
    name: "knowledge_settle_conflicts",
    title: "Settle conflicts",
    description: "Goes through entries of a scope that are much alike, and settles which of them hold.",
    arguments: &[],
    write,
};

fn write(state: &State, _given: &Given<'_>) -> String {
    let mut text = format!(
        "Go through the conflicts of this scope with me.\n\n{}\n{} entries lost earlier conflicts.\n\n",
        state.told(),
        state.suppressed
    );
    if state.conflicts.is_empty() {
        text.push_str(
            "Among the newest entries no two are so much alike that one may contradict the other. Nothing needs \
             to be settled.\n",
        );
        return text;
    }
    text.push_str("These are much alike:\n\n");
    for pair in &state.conflicts {
        let ((one, said), (other, says)) = (&pair.one, &pair.other);
        text.push_str(&format!("- `{one}` ({said})\n  and `{other}` ({says})\n"));
    }
    text.push_str(&format!(
        "\nFor each pair:\n\n\
         1. Read both (`knowledge://{}/` and the id) and tell me in one sentence how they differ.\n\
         2. If both hold, leave them. If one holds, call `knowledge_resolve_knowledge_conflict` with its id as \
         `active_id` and the other in `suppressed_ids`, but only after I agreed.\n\
         3. If each holds in part, make one of them complete with `knowledge_update_knowledge` first.\n",
        state.name.replacen(':', "/", 1)
    ));
    text
}
