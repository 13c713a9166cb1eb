//! Toolset `zulip`: the team's chat.
//!
//! One file per tool, one line per tool in [`ZulipToolset::tools`]. The other files hold what several
//! tools share: who acts, what is named, the walk through messages. The wire is known to
//! [`client`] alone. Nothing is stored here: what is shown was asked for, or is kept for a while.

mod access;
mod acting;
pub mod client;
mod cursor;
mod flags;
mod lists;
mod message;
mod named;
mod narrow;
mod page;
mod prompts;
mod reaction;
mod realms;
mod resources;
mod subscribing;
mod topics;
mod walk;
mod when;

mod add_reaction;
mod create_channel;
mod delete_message;
mod download_file;
mod edit_message;
mod get_channel_info;
mod get_channel_topics;
mod get_channels;
mod get_daily_summary;
mod get_message;
mod get_messages;
mod get_own_user;
mod get_users;
mod manage_message_flags;
mod mark_read;
mod remove_reaction;
mod resolve_user;
mod search_messages;
mod send_message;
mod send_messages;
mod server_info;
mod subscribe;
mod unsubscribe;
mod upload_file;

use std::sync::Arc;

use genkan_core::{Prompt, Resources, Tool, Toolset};

pub use access::Access;
pub use acting::Chat;
pub use realms::{Realm, Realms};

use crate::typed::tool;

/// The toolset `zulip`.
pub struct ZulipToolset(Realms);

impl ZulipToolset {
    /// The tools of one chat, or of several organisations.
    pub fn new(realms: impl Into<Realms>) -> Self {
        Self(realms.into())
    }

    /// Every tool, for one chat.
    fn tools_of(chat: &Chat) -> Vec<Arc<dyn Tool>> {
        let chat = || chat.clone();
        vec![
            tool(send_message::SendMessage(chat())),
            tool(send_messages::SendMessages(chat())),
            tool(edit_message::EditMessage(chat())),
            tool(get_message::GetMessage(chat())),
            tool(get_messages::GetMessages(chat())),
            tool(delete_message::DeleteMessage(chat())),
            tool(add_reaction::AddReaction(chat())),
            tool(remove_reaction::RemoveReaction(chat())),
            tool(get_channels::GetChannels(chat())),
            tool(get_channel_info::GetChannelInfo(chat())),
            tool(get_channel_topics::GetChannelTopics(chat())),
            tool(create_channel::CreateChannel(chat())),
            tool(subscribe::Subscribe(chat())),
            tool(unsubscribe::Unsubscribe(chat())),
            tool(resolve_user::ResolveUser(chat())),
            tool(get_users::GetUsers(chat())),
            tool(get_own_user::GetOwnUser(chat())),
            tool(search_messages::SearchMessages(chat())),
            tool(get_daily_summary::GetDailySummary(chat())),
            tool(mark_read::MarkRead(chat())),
            tool(manage_message_flags::ManageMessageFlags(chat())),
            tool(upload_file::UploadFile(chat())),
            tool(download_file::DownloadFile(chat())),
            tool(server_info::ServerInfo(chat())),
        ]
    }
}

impl Toolset for ZulipToolset {
    fn name(&self) -> &'static str {
        "zulip"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        self.0.tools(Self::tools_of)
    }

    fn prompts(&self) -> Vec<Arc<dyn Prompt>> {
        self.0.prompts(prompts::all)
    }

    fn resources(&self) -> Option<Arc<dyn Resources>> {
        let of = |chat: &Chat| -> Arc<dyn Resources> {
            Arc::new(resources::ZulipResources(chat.clone()))
        };
        Some(self.0.resources(of))
    }
}
