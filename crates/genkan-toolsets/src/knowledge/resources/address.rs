//! The URIs of knowledge: `knowledge://{namespace}/{scope}`, `knowledge://{namespace}/{scope}/{id}` and
//! `knowledge://{namespace}/{scope}/statistics`, which is no id.

use crate::knowledge::name::ScopeName;

/// What all of them begin with.
pub(crate) const SCHEME: &str = "knowledge://";
/// The family of scopes.
pub(crate) const SCOPES: &str = "knowledge://{namespace}/{scope}";
/// The family of entries.
pub(crate) const ENTRIES: &str = "knowledge://{namespace}/{scope}/{id}";
/// The family of statistics.
pub(crate) const STATISTICS: &str = "knowledge://{namespace}/{scope}/statistics";

/// What a URI names, if it exists.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A scope.
    Scope(ScopeName),
    /// An entry of a scope, by its id.
    Entry(ScopeName, String),
    /// How a scope is used.
    Statistics(ScopeName),
}

impl Address {
    /// Takes a URI apart. What is not in the one form of such URIs names nothing.
    pub(crate) fn parse(uri: &str) -> Option<Self> {
        let parts: Vec<&str> = uri.strip_prefix(SCHEME)?.split('/').collect();
        let name = |namespace, scope| ScopeName::parse("uri", &format!("{namespace}:{scope}")).ok();
        match parts[..] {
            [namespace, scope] => name(namespace, scope).map(Self::Scope),
            [namespace, scope, "statistics"] => name(namespace, scope).map(Self::Statistics),
            [namespace, scope, id] if is_id(id) => {
                Some(Self::Entry(name(namespace, scope)?, id.to_owned()))
            }
            _ => None,
        }
    }
}

/// Whether a text may be an id: a UUID. PostgreSQL would choke on some other texts.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// The URI of the scope with this complete name.
pub(crate) fn of_scope(full_name: &str) -> String {
    format!("{SCHEME}{}", full_name.replacen(':', "/", 1))
}

/// The URI of an entry of the scope with this complete name.
pub(crate) fn of_entry(full_name: &str, id: &str) -> String {
    format!("{}/{id}", of_scope(full_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_form_names_something() {
        let id = "0199a3f0-1111-7abc-8def-0123456789ab";
        let scope = ScopeName::parse("s", "acme:web-shop").unwrap();
        let uri = of_entry("acme:web-shop", id);
        assert_eq!(
            Address::parse(&uri),
            Some(Address::Entry(scope.clone(), id.into()))
        );
        assert_eq!(
            Address::parse(&of_scope("acme:web-shop")),
            Some(Address::Scope(scope))
        );
        let scope = ScopeName::parse("s", "acme:web-shop").unwrap();
        let uri = format!("{}/statistics", of_scope("acme:web-shop"));
        assert_eq!(Address::parse(&uri), Some(Address::Statistics(scope)));
        for uri in [
            "",
            "knowledge://acme/shop/statistics/",
            "knowledge://acme/Shop/statistics",
            "knowledge://",
            "knowledge://acme",
            "knowledge://acme/",
            "knowledge://acme/shop/",
            "knowledge://acme/shop/x",
            "knowledge://acme/shop/0199a3f0-1111-7abc-8def-0123456789a'",
            "knowledge://acme/shop/0199a3f0-1111-7abc-8def-0123456789ab/x",
            "knowledge://Acme/shop",
            "knowledge://acme/../shop",
            "knowledge://acme/shop?x",
            "KNOWLEDGE://acme/shop",
            "skill://acme/shop",
        ] {
            assert_eq!(Address::parse(uri), None, "{uri}");
        }
    }
}
