//! What callers name: channels and people, by id or by name, with honest ambiguity.

use std::fmt;

use genkan_core::{Code, Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    acting::Acting,
    lists::{Channel, User},
};

/// How many that may be meant are told.
const TOLD: usize = 5;
/// How much of a name is repeated, in characters.
const REPEATED: usize = 80;

/// An id or a name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub(super) enum Named {
    Id(u64),
    Name(String),
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Who is meant by a name.
pub(super) enum Meant {
    /// One user.
    One(User),
    /// Several, or nobody.
    Several(Vec<User>),
}

impl Acting {
    /// The channel of this id or name, in either case of its letters, with or without `#` before it.
    pub(super) async fn channel(&self, named: &Named) -> Result<Channel> {
        let known = self.channels().await?;
        if let Some(found) = find_channel(&known.all, named) {
            return Ok(found.clone());
        }
        let known = self.newer_channels().await?;
        if let Some(found) = find_channel(&known.all, named) {
            return Ok(found.clone());
        }
        let near = match named {
            Named::Id(_) => Vec::new(),
            Named::Name(name) => near_channels(&known.all, name),
        };
        let error = Error::new(
            Code::NoSuchItem,
            format!("there is no channel {}", shown(named)),
        );
        Err(match near.is_empty() {
            true => error.hint("List the channels with zulip_get_channels."),
            false => error.hint(format!("Did you mean {}?", near.join(", "))),
        })
    }

    /// Who is meant.
    pub(super) async fn meant(&self, named: &Named) -> Result<Meant> {
        let known = self.users().await?;
        match among(&known.all, named) {
            Meant::Several(several) if several.is_empty() => {
                let known = self.newer_users().await?;
                Ok(among(&known.all, named))
            }
            meant => Ok(meant),
        }
    }

    /// The one user who is meant.
    pub(super) async fn user(&self, named: &Named) -> Result<User> {
        match self.meant(named).await? {
            Meant::One(user) => Ok(user),
            Meant::Several(several) if several.is_empty() => {
                let message = format!("there is no user {}", shown(named));
                Err(Error::new(Code::NoSuchItem, message)
                    .hint("Find the name with zulip_resolve_user or zulip_get_users."))
            }
            Meant::Several(several) => {
                let names = several.iter().take(TOLD);
                let names: Vec<_> = names
                    .map(|user| format!("{} (id {})", user.name, user.id))
                    .collect();
                let message = format!("{} may be one of {}", shown(named), several.len());
                Err(Error::new(Code::InvalidArguments, message)
                    .hint(format!("Give an id: {}.", names.join(", "))))
            }
        }
    }
}

fn shown(named: &Named) -> String {
    match named {
        Named::Id(id) => format!("with id {id}"),
        Named::Name(name) => {
            let shown: String = name
                .chars()
                .take(REPEATED)
                .flat_map(char::escape_debug)
                .collect();
            format!("`{shown}`")
        }
    }
}

fn find_channel<'a>(all: &'a [Channel], named: &Named) -> Option<&'a Channel> {
    let name = match named {
        Named::Id(id) => return all.iter().find(|channel| channel.id == *id),
        Named::Name(name) => name.trim(),
    };
    let is_called = |wanted: &str| {
        let wanted = wanted.to_lowercase();
        all.iter()
            .find(move |channel| channel.name.to_lowercase() == wanted)
    };
    // `#` may be part of the name.
    is_called(name).or_else(|| is_called(name.strip_prefix('#')?.trim()))
}

fn near_channels(all: &[Channel], name: &str) -> Vec<String> {
    let words = words(name);
    let near = all.iter().filter(|channel| {
        let name = channel.name.to_lowercase();
        words.iter().any(|word| name.contains(word.as_str()))
    });
    near.take(TOLD)
        .map(|channel| format!("`{}`", channel.name))
        .collect()
}

/// Exactly this id, address or name; else those whose names have all the words, as beginnings; else
/// those that are misspelt by a letter. Whoever left is meant only by id or address.
fn among(all: &[User], named: &Named) -> Meant {
    let name = match named {
        Named::Id(id) => {
            let found = all.iter().find(|user| user.id == *id);
            return found.map_or(Meant::Several(Vec::new()), |user| Meant::One(user.clone()));
        }
        Named::Name(name) => name.trim().trim_start_matches('@').to_lowercase(),
    };
    if let Some(user) = all.iter().find(|user| user.email.to_lowercase() == name) {
        return Meant::One(user.clone());
    }
    let words = words(&name);
    if words.is_empty() {
        return Meant::Several(Vec::new());
    }
    let active = || all.iter().filter(|user| user.active);
    let called: Vec<&User> = active()
        .filter(|user| user.name.to_lowercase() == name)
        .collect();
    let fits = |user: &&User, fit: fn(&str, &str) -> bool| {
        let own = self::words(&user.name);
        words
            .iter()
            .all(|word| own.iter().any(|own| fit(own, word)))
    };
    let begun = || -> Vec<&User> {
        active()
            .filter(|user| fits(user, |own, word| own.starts_with(word)))
            .collect()
    };
    let misspelt = || -> Vec<&User> { active().filter(|user| fits(user, is_misspelt)).collect() };
    let found = [called].into_iter().find(|found| !found.is_empty());
    let found = found
        .or_else(|| Some(begun()).filter(|found| !found.is_empty()))
        .unwrap_or_else(misspelt);
    match found.as_slice() {
        [one] => Meant::One((*one).clone()),
        several => Meant::Several(several.iter().map(|user| (*user).clone()).collect()),
    }
}

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether one letter was changed, left out, added or swapped with the next. Short words are not
/// guessed at.
fn is_misspelt(own: &str, word: &str) -> bool {
    let (own, word): (Vec<char>, Vec<char>) = (own.chars().collect(), word.chars().collect());
    if own.len() < 4 || own.len().abs_diff(word.len()) > 1 {
        return own == word;
    }
    let same = own.iter().zip(&word).take_while(|(a, b)| a == b).count();
    let (own, word) = (&own[same..], &word[same..]);
    match (own, word) {
        ([], _) | (_, []) => true,
        ([a, b, own @ ..], [c, d, word @ ..]) if (a, b) == (d, c) && own == word => true,
        ([_, rest @ ..], word) if rest == word => true,
        (own, [_, rest @ ..]) if own == rest => true,
        ([_, own @ ..], [_, word @ ..]) => own == word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(name: &str) -> Vec<u64> {
        let rows = [
            (1, "King Hamlet", true),
            (2, "Cordelia, Lear's daughter", true),
            (3, "Prince Hal", true),
            (4, "Émile Zola", true),
            (5, "Prince Hal", false),
            (6, "Prince Harry", true),
        ];
        let all: Vec<User> = rows
            .iter()
            .map(|(id, name, active)| User {
                id: *id,
                name: (*name).to_owned(),
                email: format!("u{id}@zulip.example"),
                bot: false,
                active: *active,
            })
            .collect();
        match among(&all, &Named::Name(name.to_owned())) {
            Meant::One(user) => vec![user.id],
            Meant::Several(several) => several.iter().map(|user| user.id).collect(),
        }
    }

    #[test]
    fn who_is_meant_by_a_name() {
        for (name, ids) in [
            ("King Hamlet", &[1][..]),
            ("king hamlet", &[1]),
            ("@Hamlet", &[1]),
            ("haml", &[1]),
            ("hamlte", &[1]),
            ("hmlet", &[1]),
            ("cordelya", &[2]),
            ("daughter cord", &[2]),
            ("émile", &[4]),
            ("prince hal", &[3]),
            ("prince", &[3, 6]),
            ("ha", &[1, 3, 6]),
            ("u5@zulip.example", &[5]),
            ("nobody", &[]),
            ("", &[]),
            ("@", &[]),
        ] {
            assert_eq!(meant(name), ids, "{name}");
        }
    }
}
