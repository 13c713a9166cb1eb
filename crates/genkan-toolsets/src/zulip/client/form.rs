//! Parameters as Zulip wants them: form fields, structured ones as JSON inside the field.

use serde::Serialize;
use url::form_urlencoded::Serializer;

/// The parameters of one request.
#[derive(Debug, Default)]
pub struct Form(Vec<(&'static str, String)>);

impl Form {
    /// Without parameters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Plain text, passed on to the byte.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    /// A number, a truth, a list or an object: as JSON.
    #[must_use]
    pub fn json(self, name: &'static str, value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).expect("BUG: parameters have names that are text");
        self.text(name, text)
    }

    /// The form on the wire.
    pub(super) fn encoded(&self) -> String {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(&self.0);
        form.finish()
    }
}
