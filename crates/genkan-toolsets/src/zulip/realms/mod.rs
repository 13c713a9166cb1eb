//! The organisations ("realms" in Zulip) that a tenant has: one, which nobody needs to name, or
//! several, of which each call names one.
//!
//! Tools, prompts and resources know nothing of this: each is made once per organisation, and what is
//! offered picks the one that the call names. So none of them can act in another than was meant.

mod prompt;
mod resources;
mod tool;

use std::sync::Arc;

use genkan_core::{
    Code, Error, Prompt, Resources, Result, Tool,
    completion::{Argument, Completion},
};
use serde_json::{Map, Value};

use super::Chat;

/// The argument that names the organisation.
const REALM: &str = "realm";

/// An organisation: the name that settings give it, and its chat.
#[derive(Clone)]
pub struct Realm {
    /// What calls name it by: a letter, then letters and digits.
    pub name: String,
    /// The chat.
    pub chat: Chat,
}

/// All organisations of a tenant.
#[derive(Clone)]
pub enum Realms {
    /// One, which is always meant.
    One(Box<Chat>),
    /// Several; each call names one. It may be one that others are set up beside, and lack a key.
    Several(Vec<Realm>),
}

impl From<Chat> for Realms {
    fn from(chat: Chat) -> Self {
        Self::One(Box::new(chat))
    }
}

impl Realms {
    /// Tools of which each is made for one chat.
    pub(super) fn tools(&self, of: fn(&Chat) -> Vec<Arc<dyn Tool>>) -> Vec<Arc<dyn Tool>> {
        match self {
            Self::One(chat) => of(chat),
            Self::Several(realms) => each(realms, of)
                .into_iter()
                .map(|tools| -> Arc<dyn Tool> { Arc::new(tool::InRealm(tools)) })
                .collect(),
        }
    }

    /// Prompts of which each is made for one chat.
    pub(super) fn prompts(&self, of: fn(&Chat) -> Vec<Arc<dyn Prompt>>) -> Vec<Arc<dyn Prompt>> {
        match self {
            Self::One(chat) => of(chat),
            Self::Several(realms) => each(realms, of)
                .into_iter()
                .map(|prompts| -> Arc<dyn Prompt> { Arc::new(prompt::InRealm(prompts)) })
                .collect(),
        }
    }

    /// Resources that are made for one chat.
    pub(super) fn resources(&self, of: fn(&Chat) -> Arc<dyn Resources>) -> Arc<dyn Resources> {
        match self {
            Self::One(chat) => of(chat),
            Self::Several(realms) => {
                let resources = |realm: &Realm| (realm.name.clone(), of(&realm.chat));
                Arc::new(resources::InRealms(Choice(
                    realms.iter().map(resources).collect(),
                )))
            }
        }
    }
}

/// The same thing of every organisation.
struct Choice<T: ?Sized>(Vec<(String, Arc<T>)>);

/// Every one of a list, as each organisation has it.
fn each<T: ?Sized>(realms: &[Realm], of: fn(&Chat) -> Vec<Arc<T>>) -> Vec<Choice<T>> {
    let mut choices: Vec<Choice<T>> = Vec::new();
    for realm in realms {
        for (place, one) in of(&realm.chat).into_iter().enumerate() {
            let one = (realm.name.clone(), one);
            match choices.get_mut(place) {
                Some(choice) => choice.0.push(one),
                None => choices.push(Choice(vec![one])),
            }
        }
    }
    choices
}

impl<T: ?Sized> Choice<T> {
    /// That of the organisation.
    fn find(&self, realm: &str) -> Option<&Arc<T>> {
        let named = self.0.iter().find(|(name, _)| name == realm);
        named.map(|(_, one)| one)
    }

    /// That of the organisation which the arguments name. The name is taken out of them.
    fn take(&self, arguments: &mut Map<String, Value>) -> Result<&Arc<T>> {
        match arguments.shift_remove(REALM) {
            None => Err(self.refused("`realm` is missing: there are several organisations")),
            Some(Value::String(realm)) => self.find(&realm).ok_or_else(|| {
                self.refused("there is no organisation of the name that `realm` gives")
            }),
            Some(_) => Err(self.refused("`realm` is the name of an organisation")),
        }
    }

    fn refused(&self, message: &'static str) -> Error {
        let hint = format!("Set `realm` to one of: {}.", self.names().join(", "));
        Error::new(Code::InvalidArguments, message).hint(hint)
    }

    fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Names of organisations that begin so.
    fn complete(&self, argument: &Argument) -> Completion {
        Completion::among(self.names(), &argument.value)
    }

    /// That of the organisation which the other arguments name so far.
    fn named_before(&self, argument: &Argument) -> Option<&Arc<T>> {
        self.find(argument.context.get(REALM)?.as_str()?)
    }
}
