//! `knowledge_teach`: write down what somebody knows.

use super::{About, Given, state::State};

pub(super) const ABOUT: About = About {
    name: "knowledge_teach",
    title: "Teach the team something",
    description: "Writes down what somebody knows, so that others find it.",
    arguments: &[("topic", "What is to be written down", true)],
    write,
};

fn write(state: &State, given: &Given<'_>) -> String {
    let (name, topic) = (&state.name, given.text("topic"));
    let mut text = format!(
        "Write down for the team what I know about this.\n\n## Topic\n\n{topic}\n\n## What there is\n\n{}\n\n",
        state.told()
    );
    if !state.newest.is_empty() {
        text.push_str(&format!(
            "The newest entries:\n\n{}\n",
            state.newest_listed()
        ));
    }
    text.push_str(&format!(
        "## How to go about it\n\n\
         1. Ask me what you need to know to write it so that a stranger could act on it.\n\
         2. Search with `knowledge_get_task_context` in scope `{name}` for what is known already. Correct an \
         entry with `knowledge_update_knowledge` rather than writing a second one.\n\
         3. Write one entry per thing with `knowledge_write_knowledge`, complete in itself, in the widest scope \
         of its line in which it holds.\n\
         4. Give each the keywords by which somebody will search who does not know it yet"
    ));
    text.push_str(&match &state.keywords[..] {
        [] => ".\n".to_owned(),
        keywords => format!("; where they fit, those in use: {}.\n", keywords.join(", ")),
    });
    text.push_str(
        "5. If the answer names likely conflicts, show me both and settle which one holds.\n",
    );
    text
}
