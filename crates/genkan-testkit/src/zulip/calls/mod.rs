//! The calls of the REST API, one file per kind of thing.

mod administration;
mod channels;
mod drafts;
mod files;
mod flags;
mod groups;
mod messages;
mod muted_users;
mod reactions;
mod reminders;
pub(super) mod scheduled;
mod send;
mod server;
mod status;
mod topics;
mod users;

use http::Method;
use serde_json::Value;

use super::{parameters::Parameters, realm::Realm, refusal::Refusal, seed};

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
    scheduled::deliver(realm, seed::now());
    match (call.method.as_str(), call.path) {
        ("GET", ["server_settings"]) => Ok(server::settings(realm, call.site)),
        ("POST", ["register"]) => server::register(realm, call),
        ("GET", ["events"]) => server::events(call),
        ("GET", ["messages"]) => messages::list(realm, call),
        ("POST", ["messages"]) => send::send(realm, call),
        ("POST", ["messages", "flags"]) => flags::update(realm, call),
        ("GET", ["messages", "matches_narrow"]) => messages::matching(realm, call),
        ("GET", ["messages", message]) => messages::one(realm, call, id(message)?),
        ("PATCH", ["messages", message]) => messages::edit(realm, call, id(message)?),
        ("DELETE", ["messages", message]) => messages::delete(realm, call, id(message)?),
        ("POST", ["messages", message, "reactions"]) => reactions::add(realm, call, id(message)?),
        ("DELETE", ["messages", message, "reactions"]) => {
            reactions::remove(realm, call, id(message)?)
        }
        ("GET", ["streams"]) => channels::list(realm, call),
        ("GET", ["streams", channel]) => channels::one(realm, call, id(channel)?),
        ("PATCH", ["streams", channel]) => administration::update(realm, call, id(channel)?),
        ("DELETE", ["streams", channel]) => administration::archive(realm, call, id(channel)?),
        ("GET", ["streams", channel, "members"]) => channels::members(realm, call, id(channel)?),
        ("GET", ["get_stream_id"]) => channels::find_id(realm, call),
        ("GET", ["users", "me", "subscriptions"]) => Ok(channels::subscriptions(realm, call)),
        ("POST", ["users", "me", "subscriptions"]) => channels::subscribe(realm, call),
        ("DELETE", ["users", "me", "subscriptions"]) => channels::unsubscribe(realm, call),
        ("GET", ["users", "me", channel, "topics"]) => channels::topics(realm, call, id(channel)?),
        ("GET", ["users"]) => Ok(users::list(realm)),
        ("GET", ["users", "me"]) => Ok(users::me(realm, call)),
        ("POST", ["users", "me", "status"]) => status::update(realm, call),
        ("GET", ["users", user, "status"]) => status::one(realm, id(user)?),
        ("GET", ["users", user, "presence"]) => status::presence(realm, user),
        ("GET", ["realm", "presence"]) => Ok(status::presences(realm, seed::now())),
        ("GET" | "POST" | "PATCH" | "DELETE", ["user_groups", ..]) => in_groups(realm, call),
        ("GET" | "POST" | "PATCH" | "DELETE", ["drafts" | "reminders", ..]) => unsent(realm, call),
        ("POST", ["streams", channel, "delete_topic"]) => topics::delete(realm, call, id(channel)?),
        ("POST", ["user_topics"]) => topics::set_policy(realm, call),
        ("POST", ["users", "me", "muted_users", user]) => muted_users::mute(realm, call, id(user)?),
        ("DELETE", ["users", "me", "muted_users", user]) => {
            muted_users::unmute(realm, call, id(user)?)
        }
        ("GET", ["scheduled_messages"]) => Ok(scheduled::list(realm, call.who)),
        ("POST", ["scheduled_messages"]) => scheduled::create(realm, call),
        ("PATCH", ["scheduled_messages", one]) => scheduled::update(realm, call, id(one)?),
        ("DELETE", ["scheduled_messages", one]) => scheduled::delete(realm, call, id(one)?),
        ("GET", ["users", user]) => users::one(realm, user),
        ("POST", ["user_uploads"]) => files::upload(realm, call),
        ("GET", ["user_uploads", "2", file @ ..]) => files::address(realm, &file.join("/")),
        _ => Err(no_such_call()),
    }
}

/// Below `user_groups`.
fn in_groups(realm: &mut Realm, call: &Call<'_>) -> Told {
    match (call.method.as_str(), &call.path[1..]) {
        ("GET", []) => groups::list(realm, call),
        ("POST", ["create"]) => groups::create(realm, call),
        ("PATCH", [group]) => groups::update(realm, call, id(group)?),
        ("DELETE", [group]) => groups::end(realm, call, id(group)?, false),
        ("POST", [group, "deactivate"]) => groups::end(realm, call, id(group)?, true),
        ("GET", [group, "members"]) => groups::members(realm, call, id(group)?),
        ("POST", [group, "members"]) => groups::change_members(realm, call, id(group)?),
        _ => Err(no_such_call()),
    }
}

/// Drafts and reminders.
fn unsent(realm: &mut Realm, call: &Call<'_>) -> Told {
    match (call.method.as_str(), call.path) {
        ("GET", ["drafts"]) => Ok(drafts::list(realm, call.who)),
        ("POST", ["drafts"]) => drafts::create(realm, call),
        ("PATCH", ["drafts", draft]) => drafts::edit(realm, call, id(draft)?),
        ("DELETE", ["drafts", draft]) => drafts::delete(realm, call, id(draft)?),
        ("GET", ["reminders"]) => reminders::list(realm, call.who),
        ("POST", ["reminders"]) => reminders::create(realm, call),
        ("DELETE", ["reminders", reminder]) => reminders::delete(realm, call, id(reminder)?),
        _ => Err(no_such_call()),
    }
}

fn id(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::bad("Invalid ID"))
}

/// What this server does not know.
fn no_such_call() -> Refusal {
    Refusal::new(404, "BAD_REQUEST", "Invalid API endpoint")
}
