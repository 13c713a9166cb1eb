//! The file of one client: what is in it, what would be in it, and how it is replaced.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use genkan_core::{Code, Error, Result};
use serde_json::Value;

use crate::{
    commands::client::{
        document::{Fault, Spot},
        known::Client,
        shown,
        way::{Key, Way},
    },
    platform::{
        files::{self, Access},
        folders::UserFolders,
    },
};

/// The name of our entry.
const NAME: &str = "genkan";
/// What a copy of the file is called, beside it.
const BACKUP: &str = ".before-genkan";

/// The file of a client.
#[derive(Debug)]
pub(super) struct ClientFile {
    /// Whose it is.
    pub(super) client: &'static Client,
    /// Where it is.
    pub(super) path: PathBuf,
    home: PathBuf,
}

/// How a client stands to us.
#[derive(Debug)]
pub(super) enum State {
    /// The client is not on this computer.
    NotFound,
    /// The client is here and does not know us.
    NotInstalled,
    /// It has an entry for us.
    Installed(Value),
    /// Its file cannot be read or understood.
    Broken(Error),
}

/// A change of a file, thought out and not yet made.
#[derive(Debug)]
pub(super) struct Change {
    /// The file.
    pub(super) file: PathBuf,
    /// Our entry afterwards.
    pub(super) entry: Option<Value>,
    /// Where the file is copied to first.
    pub(super) backup: Option<PathBuf>,
    before: Option<String>,
    after: Option<String>,
    access: Access,
}

impl ClientFile {
    pub(super) fn new(client: &'static Client, path: PathBuf, user: &UserFolders) -> Self {
        Self {
            client,
            path,
            home: user.home.clone(),
        }
    }

    /// Whether the client has been here: its file is, or the folder that is its own.
    pub(super) fn is_found(&self) -> bool {
        let folder = self.path.parent().filter(|folder| *folder != self.home);
        self.path.exists() || folder.is_some_and(Path::is_dir)
    }

    /// Refuses a client that has not been here.
    pub(super) fn expect_found(&self) -> Result<()> {
        if self.is_found() {
            return Ok(());
        }
        let (title, path) = (self.client.title, self.path.display());
        let message = format!("{title} was not found on this computer: there is no `{path}`");
        Err(Error::new(Code::NoSuchItem, message)
            .hint("Start the client once, so that it makes its folder, then try again."))
    }

    /// How the client stands to us.
    pub(super) fn state(&self) -> State {
        if !self.is_found() {
            return State::NotFound;
        }
        let read = || {
            let text = self.read()?.unwrap_or_default();
            let found = self.client.format.find(&text, self.spot());
            found.map_err(|fault| self.refused(&fault))
        };
        match read() {
            Ok(Some(entry)) => State::Installed(entry),
            Ok(None) => State::NotInstalled,
            Err(error) => State::Broken(error),
        }
    }

    /// What it takes to add our entry.
    pub(super) fn install(&self, way: &Way) -> Result<Change> {
        let entry = self.client.entry(way)?;
        let before = self.read()?;
        let text = before.as_deref().unwrap_or_default();
        let format = self.client.format;
        let present = format
            .find(text, self.spot())
            .map_err(|fault| self.refused(&fault))?;
        let after = if present.as_ref() == Some(&entry) {
            before.clone()
        } else {
            let with = format.with(text, self.spot(), &entry);
            Some(with.map_err(|fault| self.refused(&fault))?)
        };
        let access = match way {
            Way::Http {
                key: Key::Text(_), ..
            } => Access::OwnerAlone,
            _ => Access::AsBefore,
        };
        Ok(self.change(before, after, Some(entry), access))
    }

    /// What it takes to remove our entry.
    ///
    /// If the file still is what adding the entry made of it, it becomes what it was before, to
    /// the byte; else only the entry is taken out.
    pub(super) fn remove(&self) -> Result<Change> {
        let before = self.read()?;
        let text = before.as_deref().unwrap_or_default();
        let format = self.client.format;
        let present = format
            .find(text, self.spot())
            .map_err(|fault| self.refused(&fault))?;
        let after = match &present {
            None => before.clone(),
            Some(entry) => match self.original(text, entry) {
                Some(original) => original,
                None => {
                    let without = format.without(text, self.spot());
                    Some(without.map_err(|fault| self.refused(&fault))?)
                }
            },
        };
        Ok(self.change(before, after, None, Access::AsBefore))
    }

    /// The file as it was without us (`Some(None)`: there was none), if nothing else has changed.
    fn original(&self, text: &str, entry: &Value) -> Option<Option<String>> {
        let format = self.client.format;
        let made_of = |original: &str| format.with(original, self.spot(), entry).ok();
        let backup = fs::read_to_string(self.backup()).ok();
        match backup {
            Some(backup) => {
                let had_none = matches!(format.find(&backup, self.spot()), Ok(None));
                (had_none && made_of(&backup)? == text).then_some(Some(backup))
            }
            None => (made_of("")? == text).then_some(None),
        }
    }

    /// Makes the change. The file is replaced whole, or not at all.
    pub(super) fn write(&self, change: &Change) -> Result<()> {
        if !change.is_one() {
            return Ok(());
        }
        let failed = |error: io::Error| self.unusable(error);
        if self.read()? != change.before {
            let message = format!("`{}` changed at this moment", self.path.display());
            return Err(
                Error::new(Code::Conflict, message).hint("Quit the client, then try again.")
            );
        }
        if let (Some(backup), Some(before)) = (&change.backup, &change.before) {
            files::write_private(backup, before.as_bytes()).map_err(failed)?;
        }
        match &change.after {
            Some(after) => files::replace(&self.path, after.as_bytes(), change.access),
            None => fs::remove_file(&self.path),
        }
        .map_err(failed)
    }

    fn change(
        &self,
        before: Option<String>,
        after: Option<String>,
        entry: Option<Value>,
        access: Access,
    ) -> Change {
        // A file that held nothing but our entry needs no copy when it goes.
        let replaces = before.is_some() && after.is_some() && before != after;
        let backup = replaces.then(|| self.backup());
        Change {
            file: self.path.clone(),
            entry,
            backup,
            before,
            after,
            access,
        }
    }

    fn spot(&self) -> Spot<'static> {
        Spot {
            section: self.client.section,
            name: NAME,
        }
    }

    fn backup(&self) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(BACKUP);
        name.into()
    }

    fn read(&self) -> Result<Option<String>> {
        match fs::read_to_string(&self.path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.unusable(error)),
        }
    }

    fn refused(&self, fault: &Fault) -> Error {
        let message = format!("{}:{}: {}", self.path.display(), fault.line, fault.why);
        let hint = format!(
            "Correct the line with {}'s own means; the file was not touched.",
            self.client.title
        );
        Error::new(Code::ConfigInvalid, message).hint(hint)
    }

    fn unusable(&self, error: io::Error) -> Error {
        let message = format!("`{}` cannot be used: {error}", self.path.display());
        Error::new(Code::ConfigInvalid, message)
            .hint("Let this user read and write the file and its folder.")
            .source(error)
    }
}

impl State {
    /// One word for it.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::NotInstalled => "not installed",
            Self::Installed(_) => "installed",
            Self::Broken(_) => "broken",
        }
    }

    /// Our entry.
    pub(super) fn entry(&self) -> Option<&Value> {
        match self {
            Self::Installed(entry) => Some(entry),
            _ => None,
        }
    }

    /// What is wrong.
    pub(super) fn fault(&self) -> Option<&Error> {
        match self {
            Self::Broken(error) => Some(error),
            _ => None,
        }
    }
}

impl Change {
    /// Whether anything becomes different.
    pub(super) fn is_one(&self) -> bool {
        self.before != self.after
    }

    /// What was done, or would be, for a person.
    pub(super) fn told(&self, client: &Client, dry_run: bool) -> String {
        let (title, file) = (client.title, self.file.display());
        match (&self.entry, self.is_one()) {
            (Some(_), false) => format!("{title} already knows Genkan: {file}"),
            (None, false) => format!("{title} does not know Genkan: {file}"),
            (Some(entry), true) => {
                let entry = serde_json::to_string_pretty(&shown(entry)).unwrap_or_default();
                if dry_run {
                    format!("{title}: would write `{NAME}` into {file}:\n{entry}")
                } else {
                    format!(
                        "{title} knows Genkan now, once it is restarted: {file}{}",
                        self.kept()
                    )
                }
            }
            (None, true) if dry_run => format!("{title}: would take `{NAME}` out of {file}"),
            (None, true) => format!("{title} no longer knows Genkan: {file}{}", self.kept()),
        }
    }

    fn kept(&self) -> String {
        let backup = self.backup.as_ref();
        backup.map_or_else(String::new, |path| {
            format!("\n  the file as it was: {}", path.display())
        })
    }
}
