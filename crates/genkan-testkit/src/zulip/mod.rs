//! A Zulip on loopback: what its REST API does for real, as far as a client can tell.
//!
//! Basic authentication, form-encoded parameters, the codes, the limits and how it cuts silently, both
//! generations of the API, private channels. Faults and latency come on demand, and connections are
//! counted. It stores in memory and renders no Markdown.

mod calls;
mod chat;
mod door;
mod faults;
mod listener;
mod message;
mod narrow;
pub mod openapi;
mod parameters;
mod rate;
mod realm;
mod refusal;
mod seed;
mod site;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::net::TcpListener;

pub use chat::{chat, nowhere};
pub use faults::Fault;
pub use realm::{Generation, User};
pub use site::Site;

use faults::Faults;
use listener::{Connections, Counting};
use rate::Rate;
use realm::Realm;

/// What a test may want otherwise.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which generation of the API is spoken.
    pub generation: Generation,
    /// Requests per window and user.
    pub limit: u32,
    /// The window.
    pub window: Duration,
    /// Where to listen.
    pub address: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            generation: Generation::Ten,
            limit: 200,
            window: Duration::from_secs(60),
            address: "127.0.0.1:0".to_owned(),
        }
    }
}

/// A running Zulip, which ends with its runtime.
pub struct Zulip {
    /// Its address, as users give it: `http://127.0.0.1:…`.
    pub site: String,
    house: Arc<House>,
    connections: Arc<Connections>,
}

/// Everything behind the door.
struct House {
    realm: Mutex<Realm>,
    rate: Rate,
    faults: Faults,
    asked: Mutex<Vec<String>>,
    correlation_ids: Mutex<Vec<String>>,
    site: String,
}

impl Zulip {
    /// Starts one of the present generation, seeded.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// Starts one, seeded: Iago (an admin), Hamlet, Cordelia, a bot; `general`, `engineering`,
    /// `#social ☕` and the private `leads`, with some messages.
    pub async fn start_with(options: Options) -> Self {
        let listener = TcpListener::bind(&options.address).await.unwrap();
        let site = format!("http://{}", listener.local_addr().unwrap());
        let house = Arc::new(House {
            realm: Mutex::new(seed::realm(options.generation)),
            rate: Rate::new(options.limit, options.window),
            faults: Faults::default(),
            asked: Mutex::default(),
            correlation_ids: Mutex::default(),
            site: site.clone(),
        });
        let connections = Arc::new(Connections::default());
        let counting = Counting::new(listener, Arc::clone(&connections));
        let router = axum::Router::new()
            .fallback(door::serve)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(Arc::clone(&house));
        tokio::spawn(async move { axum::serve(counting, router).await });
        Self {
            site,
            house,
            connections,
        }
    }

    /// A user by the part of the address before `@`: `iago`, `hamlet`, `cordelia`, `bot`.
    pub fn user(&self, name: &str) -> User {
        let realm = self.house.realm.lock().unwrap();
        let found = realm
            .users
            .iter()
            .find(|user| user.email.split('@').next() == Some(name));
        found
            .unwrap_or_else(|| panic!("there is no `{name}`"))
            .clone()
    }

    /// Every request so far, as `GET /messages`.
    pub fn asked(&self) -> Vec<String> {
        self.house.asked.lock().unwrap().clone()
    }

    /// The correlation ids that requests carried, in order.
    pub fn correlation_ids(&self) -> Vec<String> {
        self.house.correlation_ids.lock().unwrap().clone()
    }

    /// Iago and Hamlet write so many messages in turn; their ids.
    pub fn fill(&self, channel: &str, topic: &str, count: u64) -> Vec<u64> {
        let mut realm = self.house.realm.lock().unwrap();
        seed::fill(&mut realm, channel, topic, count)
    }

    /// Somebody joins the organisation.
    pub fn add_user(&self, name: &str, full_name: &str) {
        let mut realm = self.house.realm.lock().unwrap();
        seed::add_user(&mut realm, name, full_name);
    }

    /// The contents of all messages, in order.
    pub fn contents(&self) -> Vec<String> {
        let realm = self.house.realm.lock().unwrap();
        realm
            .messages
            .values()
            .map(|message| message.content.clone())
            .collect()
    }

    /// The scheduled messages that are due at a moment, in seconds since 1970, are sent.
    pub fn deliver_scheduled(&self, now: u64) {
        let mut realm = self.house.realm.lock().unwrap();
        calls::scheduled::deliver(&mut realm, now);
    }

    /// How many requests were refused for the limit.
    pub fn refused_for_limit(&self) -> usize {
        self.house.rate.refused()
    }

    /// The most connections that were open at once.
    pub fn most_connections(&self) -> usize {
        self.connections.most()
    }

    /// The next so many requests that begin so (`POST /messages`) go wrong in this way.
    pub fn fail(&self, requests: &str, times: usize, fault: Fault) {
        self.house.faults.plan(requests, times, fault);
    }

    /// Every answer takes so long from now on.
    pub fn set_latency(&self, latency: Duration) {
        self.house.faults.set_latency(latency);
    }
}
