//! Which entry an imported one is: by the id that it was exported with, else by its key. Both lead
//! to the same entry however often they are imported into the same scope.

use genkan_core::{
    Code, Error, Result,
    digest::{Digest, Hasher},
};
use genkan_store::knowledge::Scope;

use super::Imported;
use crate::knowledge::{culprit::quoted, resources::address::is_id};

/// Refuses what is not the id of an entry.
pub(super) fn check(argument: &str, text: &str) -> Result<()> {
    match is_id(text) {
        true => Ok(()),
        false => Err(Error::new(
            Code::InvalidArguments,
            format!("`{argument}`: {} is not the id of an entry", quoted(text)),
        )
        .hint("Leave the id out to make a new entry.")),
    }
}

/// The ids that an imported entry may have in this scope: its own, and the one to be taken where an
/// entry of another scope has that already.
pub(super) fn of(scope: &Scope, imported: &Imported) -> (String, Option<String>) {
    match (&imported.id, &imported.key) {
        (Some(id), _) => {
            let id = id.to_ascii_lowercase();
            let copy = of_key(scope, &id);
            (id, Some(copy))
        }
        (None, Some(key)) => (of_key(scope, key), None),
        (None, None) => (of_key(scope, &imported.content), None),
    }
}

/// The id of the entry with this key in the scope: a UUID made from both (RFC 9562 §5.8).
fn of_key(scope: &Scope, key: &str) -> String {
    let mut hasher = Hasher::new();
    hasher.field(scope.id.as_bytes());
    hasher.field(key.as_bytes());
    let digest: Digest = hasher.finish();
    let hex = digest.to_hex();
    let (time, middle, rest) = (&hex[..8], &hex[8..12], &hex[20..32]);
    format!("{time}-{middle}-8{}-9{}-{rest}", &hex[13..16], &hex[17..20])
}
