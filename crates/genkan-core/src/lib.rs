//! The words of Genkan, the same in code, SQL, API, logs and UI.
//!
//! Ids, principals, permissions, operations, outcomes and the one error table, with the traits that
//! toolsets implement. Nothing here performs I/O: time, randomness and every outside effect are
//! passed in.

pub mod call;
pub mod change;
pub mod clock;
pub mod completion;
pub mod context;
pub mod correlation;
pub mod digest;
pub mod error;
pub mod event;
pub mod id;
pub mod lifecycle;
pub mod live;
mod network;
pub mod outcome;
pub mod permission;
pub mod principal;
pub mod prompt;
pub mod question;
pub mod random;
pub mod recent;
pub mod record;
pub mod resource;
pub mod revision;
pub mod role;
pub mod secret;
pub mod shared_cache;
pub mod skill;
pub mod subscription;
pub mod task;
pub mod toolset;
pub mod trace;
pub mod within;

pub use call::{Call, Operation};
pub use change::{Bus, Change, Whence};
pub use clock::{Clock, Timestamp};
pub use context::CallContext;
pub use error::{Code, Error, Result};
pub use lifecycle::Lifecycle;
pub use live::Live;
pub use network::Network;
pub use outcome::{Outcome, Stop, ToolOutput, ToolResult};
pub use permission::Permission;
pub use principal::Principal;
pub use prompt::{Prompt, PromptDefinition};
pub use random::Random;
pub use resource::Resources;
pub use revision::Revision;
pub use role::Role;
pub use secret::Secret;
pub use shared_cache::SharedCache;
pub use skill::Skills;
pub use toolset::{Tool, ToolDefinition, Toolset};
