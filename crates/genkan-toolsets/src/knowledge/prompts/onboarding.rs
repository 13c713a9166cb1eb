//! `knowledge_onboarding`: show somebody new what the team knows.

use super::{About, Given, state::State};

pub(super) const ABOUT: About = About {
    name: "knowledge_onboarding",
    title: "Onboarding",
    description: "Shows somebody new to a project what the team knows about it.",
    arguments: &[("role", "What the new colleague will do", false)],
    write,
};

fn write(state: &State, given: &Given<'_>) -> String {
    let role = match given.text("role").as_str() {
        "" => String::new(),
        role => format!(" My work will be: {role}."),
    };
    let mut text = format!(
        "I am new here.{role} Show me what the team knows.\n\n## What there is\n\n{}\n\n",
        state.told()
    );
    if state.within_reach() == 0 {
        text.push_str(
            "Nothing is written down yet. Ask me what I find out in my first days, and write it down with \
             `knowledge_write_knowledge`.\n",
        );
        return text;
    }
    if !state.newest.is_empty() {
        text.push_str(&format!(
            "The newest entries:\n\n{}\n",
            state.newest_listed()
        ));
    }
    text.push_str(&format!(
        "## How to go about it\n\n\
         1. Search with `knowledge_get_task_context` in scope `{}`: how to set up, build, test and release; \
         conventions; what often goes wrong; whom to ask.\n\
         2. Tell me the ten things that I should know first, the most important first, each with the id of its \
         entry.\n\
         3. Ask me three questions to see whether I understood.\n\
         4. Note what I asked and you did not find; at the end, list it, so that somebody can write it down.\n",
        state.name
    ));
    text
}
