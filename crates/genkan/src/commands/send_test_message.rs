//! `genkan send-test-message`: a message to the chat, the whole way that a client's would take.

use genkan_core::{Result, id::ProfileName};
use serde_json::{Value, json};

use crate::{local::Session, surroundings::Surroundings};

const TEXT: &str = "This is a test message of Genkan. What you read shows that it arrives.";

/// Send a message to the chat, to see that it arrives
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The channel; without one the message goes to oneself alone
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// The topic in the channel
    #[arg(
        long,
        value_name = "TOPIC",
        default_value = "genkan",
        requires = "channel"
    )]
    topic: String,
    /// In the name of the bot
    #[arg(long)]
    bot: bool,
    /// The organisation, where several are set up
    #[arg(long, value_name = "NAME")]
    realm: Option<String>,
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<()> {
    let profile = ProfileName::default_profile();
    let mut session = Session::open(surroundings, &profile).await?;
    let sent = send(&arguments, &mut session).await;
    session.close().await;
    let (place, id) = sent?;
    let result = json!({ "id": id, "to": place });
    surroundings
        .output
        .result(&result, || format!("Sent to {place}. Message {id}."));
    Ok(())
}

/// Where it went, and its id.
async fn send(arguments: &Arguments, session: &mut Session) -> Result<(String, Value)> {
    let client = session.client();
    let identity = if arguments.bot { "bot" } else { "user" };
    let mut message = json!({ "content": TEXT, "identity": identity });
    let mut asked = json!({ "identity": identity });
    if let Some(realm) = &arguments.realm {
        message["realm"] = json!(realm);
        asked["realm"] = json!(realm);
    }
    let place = match &arguments.channel {
        Some(channel) => {
            message["type"] = json!("channel");
            message["to"] = json!(channel);
            message["topic"] = json!(arguments.topic);
            format!("channel {channel}, topic {}", arguments.topic)
        }
        None => {
            let own = client.ask("zulip_get_own_user", asked).await?;
            message["type"] = json!("direct");
            message["to"] = own["user"]["id"].clone();
            own["user"]["name"].as_str().unwrap_or_default().to_owned()
        }
    };
    let sent = client.ask("zulip_send_message", message).await?;
    Ok((place, sent["id"].clone()))
}
