//! The calls of the REST API, one file per kind of thing.

mod channels;
mod files;
mod flags;
mod messages;
mod reactions;
mod send;
mod server;
mod users;

use http::Method;
use serde_json::Value;

use super::{parameters::Parameters, realm::Realm, refusal::Refusal};

/// A request whose asker is known.
pub(super) struct Call<'a> {
    pub(super) who: u64,
    pub(super) method: &'a Method,
    /// What stands behind `/api/v1/`, in parts.
    pub(super) path: &'a [&'a str],
    pub(super) parameters: &'a Parameters,
    /// The content type.
    pub(super) kind: &'a str,
    pub(super) content: &'a [u8],
    pub(super) site: &'a str,
}

/// What is answered, or refused.
pub(super) type Told = Result<Value, Refusal>;

/// Answers a call.
pub(super) fn answer(realm: &mut Realm, call: &Call<'_>) -> Told {
    let id = |text: &str| text.parse::<u64>().map_err(|_| Refusal::bad("Invalid ID"));
    match (call.method.as_str(), call.path) {
        ("GET", ["server_settings"]) => Ok(server::settings(realm, call.site)),
        ("POST", ["register"]) => server::register(realm, call),
        ("GET", ["events"]) => server::events(call),
        ("GET", ["messages"]) => messages::list(realm, call),
        ("POST", ["messages"]) => send::send(realm, call),
        ("POST", ["messages", "flags"]) => flags::update(realm, call),
        ("GET", ["messages", message]) => messages::one(realm, call, id(message)?),
        ("PATCH", ["messages", message]) => messages::edit(realm, call, id(message)?),
        ("DELETE", ["messages", message]) => messages::delete(realm, call, id(message)?),
        ("POST", ["messages", message, "reactions"]) => reactions::add(realm, call, id(message)?),
        ("DELETE", ["messages", message, "reactions"]) => {
            reactions::remove(realm, call, id(message)?)
        }
        ("GET", ["streams"]) => channels::list(realm, call),
        ("GET", ["streams", channel]) => channels::one(realm, call, id(channel)?),
        ("GET", ["streams", channel, "members"]) => channels::members(realm, call, id(channel)?),
        ("GET", ["get_stream_id"]) => channels::find_id(realm, call),
        ("GET", ["users", "me", "subscriptions"]) => Ok(channels::subscriptions(realm, call)),
        ("POST", ["users", "me", "subscriptions"]) => channels::subscribe(realm, call),
        ("DELETE", ["users", "me", "subscriptions"]) => channels::unsubscribe(realm, call),
        ("GET", ["users", "me", channel, "topics"]) => channels::topics(realm, call, id(channel)?),
        ("GET", ["users"]) => Ok(users::list(realm)),
        ("GET", ["users", "me"]) => Ok(users::me(realm, call)),
        ("GET", ["users", user]) => users::one(realm, user),
        ("POST", ["user_uploads"]) => files::upload(realm, call),
        ("GET", ["user_uploads", "2", file @ ..]) => files::address(realm, &file.join("/")),
        _ => Err(Refusal::new(404, "BAD_REQUEST", "Invalid API endpoint")),
    }
}
