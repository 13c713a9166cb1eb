//! What every command stands in: environment, global flags, terminal.

use std::path::{Path, PathBuf};

use genkan_core::Result;
use genkan_identity::MasterKey;
use genkan_store::Redis;

use crate::{
    Additions,
    cli::Global,
    data_folder::DataFolder,
    output::Output,
    platform::folders::{System, UserFolders},
    settings::{Environment, Override, SECRET_FILES, Settings, Sources, zuliprc_places},
};

/// Environment, global flags and terminal.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// The environment, read once.
    pub(crate) environment: Environment,
    /// The global flags.
    pub(crate) global: Global,
    /// Where results and errors go.
    pub(crate) output: Output,
    /// What a development binary adds.
    pub(crate) additions: Additions,
}

impl Surroundings {
    /// The data folder, which need not exist yet.
    pub(crate) fn folder(&self) -> Result<DataFolder> {
        DataFolder::locate(self.global.data_dir.as_deref(), &self.environment)
    }

    /// The settings, with what flags of the command set.
    pub(crate) fn settings(&self, folder: &DataFolder, flags: Vec<Override>) -> Result<Settings> {
        let settings = Settings::load(self.sources(folder, flags))?;
        Ok(Settings {
            additions: self.additions.clone(),
            ..settings
        })
    }

    /// The settings, if `serve` would accept them.
    pub(crate) fn valid_settings(
        &self,
        folder: &DataFolder,
        flags: Vec<Override>,
    ) -> Result<Settings> {
        let settings = self.settings(folder, flags)?;
        settings.check(None)?;
        settings.store.location(&folder.database())?;
        if let Some(url) = &settings.redis.url {
            Redis::check_address(url)?;
        }
        if let Some(key) = &settings.secrets.master_key {
            MasterKey::parse(key)?;
        }
        Ok(settings)
    }

    /// The files that settings are read from. Not all of them need exist.
    pub(crate) fn settings_files(&self, folder: &DataFolder) -> Vec<PathBuf> {
        self.sources(folder, Vec::new()).files()
    }

    fn sources<'a>(&'a self, folder: &'a DataFolder, flags: Vec<Override>) -> Sources<'a> {
        let user = UserFolders::find(System::here(), |name| self.environment.find(name).cloned());
        Sources {
            environment: &self.environment,
            file: self.global.config.as_deref(),
            data_dir: folder.path(),
            secret_files: Path::new(SECRET_FILES),
            zuliprc: zuliprc_places(user.as_ref().map(|user| user.home.as_path())),
            flags,
        }
    }
}
