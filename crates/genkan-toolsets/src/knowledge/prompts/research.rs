//! `knowledge_research`: find out what the team knows before work begins.

use super::{About, Given, state::State};

pub(super) const ABOUT: About = About {
    name: "knowledge_research",
    title: "Research before a task",
    description: "Finds out what the team knows about a task before work on it begins.",
    arguments: &[
        ("task", "What is to be done", true),
        ("task_size", "XS, S, M, L or XL", false),
    ],
    write,
};

fn write(state: &State, given: &Given<'_>) -> String {
    let (name, task, size) = (&state.name, given.text("task"), given.text("task_size"));
    let size = match size.as_str() {
        "" => String::new(),
        size => format!(" and `task_size` `{size}`"),
    };
    let mut text = format!(
        "Before you begin this task, find out what the team knows.\n\n## Task\n\n{task}\n\n"
    );
    text.push_str(&format!("## What there is\n\n{}\n\n", state.told()));
    if state.within_reach() == 0 {
        text.push_str(
            "Nothing is known here yet. Do the task, and write down what the next one should know with \
             `knowledge_write_knowledge`.\n",
        );
        return text;
    }
    text.push_str(&format!(
        "## How to go about it\n\n\
         1. Think of what the task touches, what may go wrong, and which tools and names it needs.\n\
         2. Call `knowledge_get_task_context` once, with scope `{name}`{size} and 3 to 8 queries of 1 to 5 \
         keywords each, one for each of these.\n\
         3. Where the answers do not suffice, ask again in other words.\n\
         4. Say in a few sentences what you found and what follows for the task, each with the id of the \
         entry. Name what you did not find.\n\
         5. Where two entries contradict each other, ask which one holds before you begin.\n"
    ));
    text
}
