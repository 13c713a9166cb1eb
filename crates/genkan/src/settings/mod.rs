//! The settings, our own type, from all their layers.
//!
//! Command line, then environment, then secret files, then the settings file, then what is stored, then
//! defaults: the first that says something wins. What no section declares is an error that names the culprit.
//! The environment and settings files are read here and nowhere else in Genkan.

mod environment;
mod file;
mod for_crates;
mod http;
mod knowledge;
mod limits;
mod log;
mod mcp;
mod ops;
mod reader;
mod realms;
mod redis;
#[cfg(test)]
pub(crate) mod reference;
mod secret_files;
mod secrets;
mod section;
mod server;
mod store;
pub(crate) mod stored;
mod tasks;
#[cfg(test)]
mod tests;
mod tls;
mod traces;
mod value;
mod watch;
mod zulip;
mod zuliprc;

use std::{
    collections::BTreeSet,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use genkan_core::{Code, Error, Result};
use genkan_store::StoredSetting;

pub(crate) use self::http::Http;
pub(crate) use self::redis::Redis;
pub(crate) use environment::Environment;
#[cfg(test)]
pub(crate) use environment::KNOWN;
pub(crate) use knowledge::{Knowledge, Semantic};
pub(crate) use limits::Limits;
pub(crate) use log::{Destination, Format, Log};
pub(crate) use mcp::{Mcp, Quirks};
pub(crate) use ops::{Measured, Ops};
pub(crate) use reader::{Entry, Origin};
pub(crate) use realms::Realm;
pub(crate) use secret_files::FOLDER as SECRET_FILES;
#[cfg(test)]
pub(crate) use secret_files::KNOWN as KNOWN_FILES;
pub(crate) use secrets::Secrets;
pub(crate) use section::{Applies, Key};
pub(crate) use server::Server;
pub(crate) use store::Store;
pub(crate) use tasks::Tasks;
pub(crate) use tls::{Files as TlsFiles, Tls};
pub(crate) use traces::Traces;
pub(crate) use watch::{Look, Watch};
pub(crate) use zulip::{Standing as ZulipStanding, Zulip};
pub(crate) use zuliprc::{places as zuliprc_places, tell_of_here};

use reader::{Problem, Reader};
use value::Raw;

use crate::Additions;

/// All settings.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Where the server listens, and for whom.
    pub(crate) server: Server,
    /// The certificate.
    pub(crate) tls: Tls,
    pub(crate) ops: Ops,
    /// The database.
    pub(crate) store: Store,
    /// Where several instances meet.
    pub(crate) redis: Redis,
    /// What nobody may read.
    pub(crate) secrets: Secrets,
    /// What Genkan asks of others.
    pub(crate) http: Http,
    /// How much anyone may ask for.
    pub(crate) limits: Limits,
    /// Calls that go on after they were answered.
    pub(crate) tasks: Tasks,
    /// How team knowledge is used.
    pub(crate) knowledge: Knowledge,
    /// The team's chat.
    pub(crate) zulip: Zulip,
    /// Its further organisations.
    pub(crate) realms: Vec<Realm>,
    /// The protocol's doors.
    pub(crate) mcp: Mcp,
    /// Which known faults of clients are forgiven.
    pub(crate) quirks: Quirks,
    /// What is told on standard error.
    pub(crate) log: Log,
    /// Who is told of traces.
    pub(crate) traces: Traces,
    /// Every value with its origin, for `config show`.
    pub(crate) entries: Vec<Entry>,
    /// What was left aside without being an error.
    pub(crate) remarks: Vec<String>,
    /// The settings file that was read.
    pub(crate) file: Option<PathBuf>,
    /// What lies in the store, also where something stronger stands over it.
    pub(crate) stored: Vec<StoredSetting>,
    /// Why some of that was left aside at the start.
    pub(crate) stored_refused: Vec<String>,
    /// Whether the store did not answer when it was asked for that.
    pub(crate) is_stored_unread: bool,
    /// What a development binary adds; nothing that anyone can set.
    pub(crate) additions: Additions,
}

/// Where settings come from.
#[derive(Debug)]
pub(crate) struct Sources<'a> {
    /// The environment.
    pub(crate) environment: &'a Environment,
    /// `--config`.
    pub(crate) file: Option<&'a Path>,
    /// The data folder, which may hold a `genkan.toml`.
    pub(crate) data_dir: &'a Path,
    /// The folder of secret files.
    pub(crate) secret_files: &'a Path,
    /// Where a `zuliprc` may lie.
    pub(crate) zuliprc: Vec<PathBuf>,
    /// What flags of the command line set.
    pub(crate) flags: Vec<Override>,
    /// What all instances on the store have in common.
    pub(crate) stored: &'a [StoredSetting],
}

/// A setting given by a flag of the command line.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    /// `section.key`.
    pub(crate) path: &'static str,
    /// The flag.
    pub(crate) flag: &'static str,
    /// The value.
    pub(crate) text: String,
}

impl Settings {
    /// Reads all layers. The error names everything that is wrong.
    pub(crate) fn load(sources: Sources<'_>) -> Result<Self> {
        let file = sources.settings_file();
        let text = file.as_deref().map(read_file).transpose()?;
        let secret_names = secret_files::names(sources.secret_files);
        let realms = realms::named(
            text.as_deref().unwrap_or_default(),
            sources.environment.names(),
            &secret_names,
        );
        let keys = [
            keys(),
            realms.iter().flat_map(|name| Realm::keys(name)).collect(),
        ]
        .concat();
        let (mut in_file, file_problems) = match file.as_deref().zip(text) {
            Some((path, text)) => file::parse(path, &text, &keys),
            None => Default::default(),
        };
        let (in_store, store_problems) = stored::read(sources.stored);
        let (in_secrets, secret_problems) = secret_files::read(sources.secret_files, &keys);
        let (in_environment, environment_problems) = sources.environment.settings(&keys);
        let flags = sources.flags.into_iter().map(by_flag).collect();
        let names_zulip = |layer: &[(String, reader::Found)]| {
            layer.iter().any(|(path, _)| realms::is_of_first(path))
        };
        let (in_zuliprc, remarks) = match names_zulip(&in_secrets) || names_zulip(&in_environment) {
            true => Default::default(),
            false => zuliprc::read(&sources.zuliprc),
        };
        if !in_zuliprc.is_empty() {
            // It stands for the whole organisation, or a bot's key could go to another site.
            in_file.retain(|(path, _)| !realms::is_of_first(path));
        }
        let layers = [
            in_store,
            in_file,
            in_zuliprc,
            in_secrets,
            in_environment,
            flags,
        ];
        let mut reader = Reader::new(layers);
        let problems = file_problems
            .into_iter()
            .chain(secret_problems)
            .chain(environment_problems)
            .chain(store_problems);
        problems.for_each(|problem: Problem| reader.problem(problem));
        Ok(Self {
            remarks,
            stored: sources.stored.to_vec(),
            ..Self::read(reader, &realms, file)?
        })
    }

    fn read(mut reader: Reader, realms: &[String], file: Option<PathBuf>) -> Result<Self> {
        let server = Server::read(&mut reader);
        let tls = Tls::read(&mut reader);
        let ops = Ops::read(&mut reader);
        let store = Store::read(&mut reader);
        let redis = Redis::read(&mut reader);
        let secrets = Secrets::read(&mut reader);
        let http = Http::read(&mut reader);
        let limits = Limits::read(&mut reader);
        let tasks = Tasks::read(&mut reader);
        let knowledge = Knowledge::read(&mut reader);
        let zulip = Zulip::read(&mut reader);
        let realms = Realm::read_all(&mut reader, realms);
        let mcp = Mcp::read(&mut reader);
        let quirks = Quirks::read(&mut reader);
        let log = Log::read(&mut reader);
        let traces = Traces::read(&mut reader);
        let entries = reader.finish()?;
        (|| {
            Some(Self {
                server: server?,
                tls: tls?,
                ops: ops?,
                store: store?,
                redis: redis?,
                secrets: secrets?,
                http: http?,
                limits: limits?,
                tasks: tasks?,
                knowledge: knowledge?,
                zulip: zulip?,
                realms: realms?,
                mcp: mcp?,
                quirks: quirks?,
                log: log?,
                traces: traces?,
                entries,
                remarks: Vec::new(),
                file,
                stored: Vec::new(),
                stored_refused: Vec::new(),
                is_stored_unread: false,
                additions: Additions::default(),
            })
        })()
        .ok_or_else(|| Error::internal("a setting was wrong, but no problem was noted"))
    }

    /// Tells the log what was left aside.
    pub(crate) fn tell_remarks(&self) {
        for remark in &self.remarks {
            tracing::warn!("{remark}");
        }
        if zuliprc::is_from_here(self.origin("zulip.site")) {
            tell_of_here(true);
        }
        for (_, standing) in self.organisations() {
            standing.tell();
        }
        self.tell_stored();
    }

    /// Tells the log what of the store was left aside.
    pub(crate) fn tell_stored(&self) {
        for why in &self.stored_refused {
            tracing::error!("a stored setting is wrong and left aside: {why}");
        }
    }

    /// Refuses what would serve the network in the open, on the address that is set or was given.
    pub(crate) fn check(&self, given: Option<SocketAddr>) -> Result<()> {
        let has_tls = self.tls.files()?.is_some();
        let bind = given.unwrap_or(self.server.bind);
        let checked = self.server.check(bind, has_tls);
        checked.map_err(|error| match self.origin("server.bind") {
            Some(origin) if *origin != Origin::Default && given.is_none() => {
                let message = format!("{origin}: {}", error.message());
                Error::new(error.code(), message).hint(error.hint_text().to_owned())
            }
            _ => error,
        })
    }

    /// The keys whose values differ, by when the new ones hold. Secrets are not compared.
    pub(crate) fn changed(&self, new: &Self) -> Vec<(String, Applies)> {
        let value = |of: &Self, path: &str| {
            let entry = of.entries.iter().find(|entry| entry.path == path);
            entry.map_or(serde_json::Value::Null, |entry| entry.value.clone())
        };
        // An organisation that is gone has no entry any more.
        let names: BTreeSet<_> = self
            .realms
            .iter()
            .chain(&new.realms)
            .map(|realm| &realm.name)
            .collect();
        let of_realms = names.into_iter().flat_map(|name| Realm::keys(name));
        let keys = keys().into_iter().chain(of_realms);
        keys.filter(|key| value(self, &key.path) != value(new, &key.path))
            .map(|key| (key.path, key.applies))
            .collect()
    }

    /// The organisations of the chat of which anything is said, by name: the first is `default`.
    pub(crate) fn organisations(&self) -> Vec<(&str, ZulipStanding)> {
        let first = (realms::FIRST, self.zulip.standing(realms::SECTION));
        let others = self.realms.iter();
        let others = others.map(|realm| (realm.name.as_str(), realm.standing()));
        [first]
            .into_iter()
            .chain(others)
            .filter(|(_, standing)| !matches!(standing, ZulipStanding::Absent))
            .collect()
    }

    /// The keys of an organisation of that name.
    pub(crate) fn keys_of(&self, organisation: &str) -> Option<&Zulip> {
        let mut realms = self.realms.iter();
        match organisation {
            realms::FIRST => Some(&self.zulip),
            name => realms
                .find(|realm| realm.name == name)
                .map(|realm| &realm.keys),
        }
    }

    /// Where the value of a key came from.
    pub(crate) fn origin(&self, path: &str) -> Option<&Origin> {
        self.entries
            .iter()
            .find(|entry| entry.path == path)
            .map(|entry| &entry.origin)
    }
}

/// Every key, in the order of the reference.
pub(crate) fn keys() -> Vec<Key> {
    [
        Server::keys(),
        Tls::keys(),
        Ops::keys(),
        Store::keys(),
        Redis::keys(),
        Secrets::keys(),
        Http::keys(),
        Limits::keys(),
        Tasks::keys(),
        Knowledge::keys(),
        Zulip::keys(),
        Mcp::keys(),
        Quirks::keys(),
        Log::keys(),
        Traces::keys(),
    ]
    .concat()
}

impl Sources<'_> {
    /// The files that settings are read from. Not all of them need exist.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let usual = || self.data_dir.join("genkan.toml");
        let mut files = secret_files::present(self.secret_files);
        files.push(self.named_file().unwrap_or_else(usual));
        files.extend(self.zuliprc.iter().cloned());
        files
    }

    /// `--config`, else `GENKAN_CONFIG`, else `genkan.toml` in the data folder if there is one.
    fn settings_file(&self) -> Option<PathBuf> {
        self.named_file().or_else(|| {
            let usual = self.data_dir.join("genkan.toml");
            usual.exists().then_some(usual)
        })
    }

    fn named_file(&self) -> Option<PathBuf> {
        let named = self.file.map(Path::to_owned);
        named.or_else(|| self.environment.find_path("GENKAN_CONFIG"))
    }
}

fn read_file(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| {
        let message = format!(
            "the settings file `{}` cannot be read: {error}",
            path.display()
        );
        Error::new(Code::ConfigInvalid, message)
            .hint("Name a file that exists with `--config`, and let this user read it.")
            .source(error)
    })
}

fn by_flag(given: Override) -> (String, reader::Found) {
    (
        given.path.to_owned(),
        (Raw::Text(given.text), Origin::CommandLine(given.flag)),
    )
}
