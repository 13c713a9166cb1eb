//! `knowledge_lesson`: learn from what went wrong.

use super::{About, Given, state::State};

pub(super) const ABOUT: About = About {
    name: "knowledge_lesson",
    title: "Learn from a failure",
    description: "Turns something that went wrong into knowledge that prevents it the next time.",
    arguments: &[
        ("failure", "What went wrong", true),
        ("cause", "Why, if that is known", false),
    ],
    write,
};

fn write(state: &State, given: &Given<'_>) -> String {
    let (name, failure) = (&state.name, given.text("failure"));
    let cause = match given.text("cause").as_str() {
        "" => "It is not known yet: find it first.".to_owned(),
        cause => cause.to_owned(),
    };
    let found = match state.within_reach() {
        0 => "Nothing is known here yet, so that nothing could have warned us.".to_owned(),
        all => format!(
            "Search with `knowledge_get_task_context` in scope `{name}` for what could have warned us, among {all} \
             entries, with the words that somebody would have used before the failure."
        ),
    };
    format!(
        "Something went wrong. Let the team learn from it.\n\n## Failure\n\n{failure}\n\n## Cause\n\n{cause}\n\n\
         ## What there is\n\n{}\n\n## How to go about it\n\n\
         1. {found}\n\
         2. If an entry said so and was not found, add the words that were searched for to its keywords with \
         `knowledge_update_knowledge`. If an entry was wrong, correct it.\n\
         3. If nothing said so, write one entry with `knowledge_write_knowledge` in the widest scope in which it \
         holds: what happens, how to see it coming, what to do instead. No names, no blame.\n\
         4. Search once more as before: the entry must come first.\n",
        state.told()
    )
}
