//! What every command stands in: environment, global flags, terminal.

use std::path::Path;

use genkan_core::Result;
use genkan_identity::MasterKey;
use genkan_store::Redis;

use crate::{
    Additions,
    cli::Global,
    data_folder::DataFolder,
    output::Output,
    platform::folders::{System, UserFolders},
    settings::{
        Environment, Look, Override, SECRET_FILES, Settings, Sources, Watch, zuliprc_places,
    },
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
    /// Whether somebody chose the working folder to run Genkan in. An editor starts it wherever it was
    /// opened, perhaps within what a stranger wrote.
    pub(crate) is_here_chosen: bool,
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

    /// The same for a process that was started wherever it happened to be.
    pub(crate) fn anywhere(&self) -> Self {
        Self {
            is_here_chosen: false,
            ..self.clone()
        }
    }

    /// The settings, and a watch over the files that they come from. All are looked at before they are
    /// read, so that no edit is missed; some are named by settings themselves.
    pub(crate) fn watched_settings(
        &self,
        folder: &DataFolder,
        flags: Vec<Override>,
    ) -> Result<(Settings, Watch)> {
        let naming = self.settings(folder, flags.clone())?;
        let watch = Watch::new(self.look(folder, &naming));
        Ok((self.settings(folder, flags)?, watch))
    }

    /// What the files look like now that settings are read from: those that always count, and those that
    /// these settings name. Not all of them need exist.
    pub(crate) fn look(&self, folder: &DataFolder, settings: &Settings) -> Look {
        let mut files = self.sources(folder, Vec::new()).files();
        let named = settings
            .realms
            .iter()
            .filter_map(|realm| realm.zuliprc.clone());
        files.extend(named);
        Look::at(files)
    }

    fn sources<'a>(&'a self, folder: &'a DataFolder, flags: Vec<Override>) -> Sources<'a> {
        let user = UserFolders::find(System::here(), |name| self.environment.find(name).cloned());
        Sources {
            environment: &self.environment,
            file: self.global.config.as_deref(),
            data_dir: folder.path(),
            secret_files: Path::new(SECRET_FILES),
            zuliprc: zuliprc_places(
                self.is_here_chosen,
                user.as_ref().map(|user| user.home.as_path()),
            ),
            flags,
        }
    }
}
