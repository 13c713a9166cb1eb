//! Toolset `zulip`: the team's chat.
//!
//! One file per tool, one line per tool in [`ZulipToolset::tools`]. The other files hold what several
//! tools share: who acts, what is named, the walk through messages. The wire is known to
//! [`client`] alone. Nothing is stored here: what is shown was asked for, or is kept for a while.

mod access;
mod acting;
mod action;
mod addressed;
pub mod client;
mod cursor;
mod failure;
mod filter;
mod flags;
mod groups;
mod lists;
mod message;
mod mutes;
mod named;
mod narrow;
mod page;
mod presence;
mod prompts;
mod reaction;
mod realms;
mod resources;
mod subscribing;
mod topics;
mod walk;
mod when;

mod add_reaction;
mod archive_channel;
mod check_messages_match_narrow;
mod construct_narrow;
mod count_messages;
mod create_channel;
mod cross_post_message;
mod delete_message;
mod delete_topic;
mod download_file;
mod drafts;
mod edit_message;
mod get_channel_info;
mod get_channel_topics;
mod get_channels;
mod get_daily_summary;
mod get_message;
mod get_messages;
mod get_mutes;
mod get_own_user;
mod get_realm_presence;
mod get_user_groups;
mod get_user_presence;
mod get_user_status;
mod get_users;
mod manage_message_flags;
mod manage_user_group;
mod mark_read;
mod move_topic;
mod mute_topic;
mod mute_user;
mod reminders;
mod remove_reaction;
mod resolve_topic;
mod resolve_user;
mod scheduled_messages;
mod search_messages;
mod send_message;
mod send_messages;
mod server_info;
mod subscribe;
mod unsubscribe;
mod update_channel;
mod update_status;
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
            tool(cross_post_message::CrossPostMessage(chat())),
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
            tool(update_channel::UpdateChannel(chat())),
            tool(archive_channel::ArchiveChannel(chat())),
            tool(subscribe::Subscribe(chat())),
            tool(unsubscribe::Unsubscribe(chat())),
            tool(move_topic::MoveTopic(chat())),
            tool(resolve_topic::ResolveTopic(chat())),
            tool(delete_topic::DeleteTopic(chat())),
            tool(mute_topic::MuteTopic(chat())),
            tool(mute_user::MuteUser(chat())),
            tool(get_mutes::GetMutes(chat())),
            tool(resolve_user::ResolveUser(chat())),
            tool(get_users::GetUsers(chat())),
            tool(get_user_groups::GetUserGroups(chat())),
            tool(manage_user_group::ManageUserGroup(chat())),
            tool(get_own_user::GetOwnUser(chat())),
            tool(get_user_presence::GetUserPresence(chat())),
            tool(get_realm_presence::GetRealmPresence(chat())),
            tool(get_user_status::GetUserStatus(chat())),
            tool(update_status::UpdateStatus(chat())),
            tool(search_messages::SearchMessages(chat())),
            tool(count_messages::CountMessages(chat())),
            tool(construct_narrow::ConstructNarrow(chat())),
            tool(check_messages_match_narrow::CheckMessagesMatchNarrow(chat())),
            tool(get_daily_summary::GetDailySummary(chat())),
            tool(mark_read::MarkRead(chat())),
            tool(manage_message_flags::ManageMessageFlags(chat())),
            tool(scheduled_messages::ScheduledMessages(chat())),
            tool(drafts::Drafts(chat())),
            tool(reminders::Reminders(chat())),
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
