//! Section `zulip.realms.<name>`: further organisations of the chat, each with the keys of section
//! `zulip` and nothing in common with the others.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use toml::de::{DeTable, DeValue};

use crate::settings::{
    reader::{Problem, Reader},
    section::{Applies, Key},
    value::Value,
    zulip::{Standing, Zulip},
    zuliprc,
};

/// The section of the first organisation.
pub(crate) const SECTION: &str = "zulip";
/// What the first organisation is called beside others.
pub(crate) const FIRST: &str = "default";
/// What the sections of the others begin with.
pub(crate) const PREFIX: &str = "zulip.realms";
/// For a name that is none, or a key that there is not.
pub(crate) const HINT: &str = "The name of an organisation is a small letter, then up to 31 small letters and digits, and not \
     `default`. Its keys are site, email, api_key, bot_email, bot_api_key and zuliprc.";

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Realm {
    /// What calls name it by.
    pub(crate) name: String,
    /// Where it is, and whose keys are used there.
    pub(crate) keys: Zulip,
    /// The file that site, address and key come from, if they do.
    pub(crate) zuliprc: Option<PathBuf>,
}

impl Realm {
    /// What such a section is about.
    #[cfg(test)]
    pub(crate) const ABOUT: &'static str = " A further organisation of the chat. NAME is yours: a small letter, then \
        up to 31 small letters and digits, and not `default`, which is what the organisation of section `zulip` is \
        called beside others. Where there are several, each call says which it means. Nothing is shared between them.";

    /// The keys of the section of this name.
    pub(crate) fn keys(name: &str) -> Vec<Key> {
        let section = section(name);
        let mut keys = Zulip::keys_at(&section);
        keys.push(Key {
            path: format!("{section}.zuliprc"),
            about: " A `zuliprc` with site, address and key of the user, named by its whole path.",
            kind: <Option<String> as Value>::KIND,
            default: None,
            secret: false,
            applies: Applies::AtRestart,
            check: |raw| <Option<String> as Value>::parse(raw).map(drop),
        });
        keys
    }

    /// Reads the sections of these names; `None` if a value is wrong, which the reader remembers.
    pub(super) fn read_all(reader: &mut Reader, names: &[String]) -> Option<Vec<Self>> {
        let realms: Vec<_> = names.iter().map(|name| Self::read(reader, name)).collect();
        realms.into_iter().collect()
    }

    fn read(reader: &mut Reader, name: &str) -> Option<Self> {
        let section = section(name);
        let path = format!("{section}.zuliprc");
        let zuliprc: Option<PathBuf> = reader
            .take::<Option<String>>(&path, None)?
            .map(PathBuf::from);
        if let Some(file) = &zuliprc
            && let Err(why) = follow(reader, file, &section)
        {
            let message = format!("`{path}`: {why}");
            reader.problem(Problem::new(message, "Name the whole path of a zuliprc as Zulip hands it out, and set none of site, email and api_key beside it."));
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            keys: Zulip::read_at(reader, &section)?,
            zuliprc,
        })
    }

    /// Who acts there, if all of it is said.
    pub(crate) fn standing(&self) -> Standing {
        self.keys.standing(&section(&self.name))
    }
}

/// Takes what the file says, as a whole.
fn follow(reader: &mut Reader, file: &Path, section: &str) -> Result<(), String> {
    let shown = file.display();
    if !file.is_absolute() {
        return Err(format!("`{shown}` is not a whole path"));
    }
    let found = zuliprc::read_one(file, section);
    for (path, found) in found.map_err(|why| format!("`{shown}` cannot be used: {why}"))? {
        if !reader.give(path.clone(), found) {
            return Err(format!("`{path}` is set as well"));
        }
    }
    Ok(())
}

/// Whether the key is of the first organisation.
pub(crate) fn is_of_first(path: &str) -> bool {
    let key = path.strip_prefix("zulip.");
    key.is_some_and(|key| !key.contains('.'))
}

/// The names of further organisations that a settings file, variables and secret files speak of.
pub(crate) fn named<'n>(
    file: &str,
    variables: impl Iterator<Item = &'n str>,
    secrets: &[String],
) -> Vec<String> {
    let mut names = BTreeSet::new();
    if let Ok(table) = DeTable::parse(file)
        && let Some(DeValue::Table(zulip)) = table.get_ref().get(SECTION).map(|at| at.get_ref())
        && let Some(DeValue::Table(realms)) = zulip.get("realms").map(|at| at.get_ref())
    {
        names.extend(realms.keys().map(|name| name.get_ref().to_string()));
    }
    let of_variables = variables.filter_map(|name| {
        let (name, _key) = name
            .strip_prefix("GENKAN_ZULIP__REALMS__")?
            .split_once("__")?;
        // Capitals stand for small letters there, and small ones for nothing.
        let is_plain = !name.contains(|letter: char| letter.is_ascii_lowercase());
        is_plain.then(|| name.to_ascii_lowercase())
    });
    names.extend(of_variables);
    let of_secrets = secrets.iter().filter_map(|name| {
        let (name, _key) = name.strip_prefix("genkan_zulip_realms_")?.split_once('_')?;
        Some(name.to_owned())
    });
    names.extend(of_secrets);
    names.into_iter().filter(|name| is_name(name)).collect()
}

fn is_name(name: &str) -> bool {
    name.len() <= 32
        && name != FIRST
        && name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
}

fn section(name: &str) -> String {
    format!("{PREFIX}.{name}")
}
