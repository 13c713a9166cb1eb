//! Which entry an imported one is: by the id that it was exported with, else by its key. Both lead
//! to the same entry however often they are imported into the same scope.

use genkan_core::{
    Code, Error, Result,
    digest::{Digest, Hasher},
};
use genkan_store::{TenantTx, knowledge::Scope};

use crate::knowledge::{culprit::quoted, resources::address::is_id};

/// The id of an argument, if it is one.
pub(super) fn given<'a>(argument: &str, text: &'a str) -> Result<&'a str> {
    match is_id(text) {
        true => Ok(text),
        false => Err(Error::new(
            Code::InvalidArguments,
            format!("`{argument}`: {} is not the id of an entry", quoted(text)),
        )
        .hint("Leave the id out to make a new entry.")),
    }
}

/// The id itself; where an entry of another scope has it, the id of its copy in this one.
pub(super) async fn within(tx: &mut TenantTx, scope: &Scope, id: &str) -> Result<String> {
    let id = id.to_ascii_lowercase();
    match tx.knowledge_find_entry(&id).await? {
        Some(entry) if entry.scope != scope.id => Ok(of_key(scope, &id)),
        _ => Ok(id),
    }
}

/// The id of the entry with this key in the scope: a UUID made from both (RFC 9562 §5.8).
pub(super) fn of_key(scope: &Scope, key: &str) -> String {
    let mut hasher = Hasher::new();
    hasher.field(scope.id.as_bytes());
    hasher.field(key.as_bytes());
    let digest: Digest = hasher.finish();
    let hex = digest.to_hex();
    let (time, middle, rest) = (&hex[..8], &hex[8..12], &hex[20..32]);
    format!("{time}-{middle}-8{}-9{}-{rest}", &hex[13..16], &hex[17..20])
}
