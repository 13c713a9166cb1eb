//! What went wrong with one of several things.

use genkan_core::Error;
use schemars::JsonSchema;
use serde::Serialize;

/// A failure, as answers show it.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Failure {
    code: String,
    message: String,
    hint: String,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            code: error.code().as_str().to_owned(),
            message: error.message().to_owned(),
            hint: error.hint_text().to_owned(),
        }
    }
}
