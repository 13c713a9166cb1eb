//! What every command stands in: environment, global flags, terminal.

use std::{path::Path, sync::Arc};

use genkan_core::{Error, Result};
use genkan_identity::MasterKey;
use genkan_store::{Redis, StoredSetting, stored_settings};
use genkan_toolsets::admin::{JudgeSetting, SettingChange, SettingInForce};

use crate::{
    Additions,
    cli::Global,
    data_folder::DataFolder,
    embedding,
    output::Output,
    platform::folders::{System, UserFolders},
    settings::{
        Environment, Look, Override, SECRET_FILES, Settings, Sources, Watch, stored, zuliprc_places,
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

    /// The settings, with what flags of the command set, and without what is stored: enough to find the
    /// store.
    pub(crate) fn settings(&self, folder: &DataFolder, flags: Vec<Override>) -> Result<Settings> {
        self.settings_over(folder, flags, &[])
    }

    fn settings_over(
        &self,
        folder: &DataFolder,
        flags: Vec<Override>,
        stored: &[StoredSetting],
    ) -> Result<Settings> {
        let settings = Settings::load(Sources {
            stored,
            ..self.sources(folder, flags)
        })?;
        Ok(Settings {
            additions: self.additions.clone(),
            ..settings
        })
    }

    /// The settings over what is stored, if `serve` would accept them.
    pub(crate) fn valid_settings(
        &self,
        folder: &DataFolder,
        flags: Vec<Override>,
        stored: &[StoredSetting],
    ) -> Result<Settings> {
        let settings = self.settings_over(folder, flags, stored)?;
        settings.check(None)?;
        embedding::check(&settings.knowledge)?;
        settings.store.location(&folder.database())?;
        if let Some(url) = &settings.redis.url {
            Redis::check_address(url)?;
        }
        if let Some(key) = &settings.secrets.master_key {
            MasterKey::parse(key)?;
        }
        Ok(settings)
    }

    /// What is stored, where the store is not open yet. Makes nothing.
    pub(crate) async fn stored(
        &self,
        folder: &DataFolder,
        settings: &Settings,
    ) -> Result<Vec<StoredSetting>> {
        let location = settings.store.location(&folder.database())?;
        Box::pin(stored_settings(&location)).await
    }

    /// The settings that a house is opened with. Why a store does not answer is told best by who opens
    /// it; should that succeed after all, the house stays closed.
    pub(crate) async fn settings_to_start(
        &self,
        folder: &DataFolder,
        flags: Vec<Override>,
    ) -> Result<Settings> {
        let alone = self.settings(folder, flags.clone())?;
        match self.stored(folder, &alone).await {
            Ok(stored) if stored.is_empty() => Ok(alone),
            Ok(stored) => self.settle(folder, flags, alone, stored),
            Err(_) => Ok(Settings {
                is_stored_unread: true,
                ..alone
            }),
        }
    }

    /// The settings that an open house changes to: over what is stored, of which is left aside what is
    /// wrong for itself.
    pub(crate) fn changed_settings(
        &self,
        folder: &DataFolder,
        flags: Vec<Override>,
        stored: &[StoredSetting],
    ) -> Result<Settings> {
        let (right, wrong) = stored::sift(stored);
        let settings = self.valid_settings(folder, flags, &right)?;
        Ok(Settings {
            stored_refused: wrong,
            stored: stored.to_vec(),
            ..settings
        })
    }

    /// The settings over what is stored, of which is left aside what is wrong: another version may have
    /// stored it, and nothing stored may keep a server from starting.
    pub(crate) fn settle(
        &self,
        folder: &DataFolder,
        flags: Vec<Override>,
        alone: Settings,
        stored: Vec<StoredSetting>,
    ) -> Result<Settings> {
        let (right, mut wrong) = stored::sift(&stored);
        let whole = self.settings_over(folder, flags.clone(), &right)?;
        let fault = |stored: &[_]| self.valid_settings(folder, flags.clone(), stored).err();
        let settings = match fault(&right) {
            Some(error) if fault(&[]).is_none() => {
                wrong.push(error.message().to_owned());
                alone
            }
            // What is wrong without them too is told by who needs it to be right.
            Some(_) | None => whole,
        };
        Ok(Settings {
            stored_refused: wrong,
            stored,
            ..settings
        })
    }

    /// Judges what somebody wants to store by all that counts for a server here.
    pub(crate) fn judge(&self, folder: &DataFolder, flags: Vec<Override>) -> JudgeSetting {
        let (surroundings, folder) = (self.clone(), folder.clone());
        Arc::new(move |change: &SettingChange<'_>| surroundings.judged(&folder, &flags, change))
    }

    fn judged(
        &self,
        folder: &DataFolder,
        flags: &[Override],
        change: &SettingChange<'_>,
    ) -> Result<SettingInForce> {
        let after = stored::changed(change)?;
        let read = |flags: &[_], stored: &[_]| self.valid_settings(folder, flags.to_vec(), stored);
        // Another instance may have none of these flags.
        if let (Err(error), Ok(_)) = (read(&[], &after), read(&[], change.stored)) {
            return Err(on_one_line(error));
        }
        let settings = match read(flags, &after) {
            // What is wrong already may be mended bit by bit.
            Err(_) if change.value.is_none() && read(flags, change.stored).is_err() => {
                self.settings(folder, flags.to_vec())
            }
            settings => settings,
        };
        let settings = settings.map_err(on_one_line)?;
        Ok(stored::in_force(change, &settings))
    }

    /// The same for a process that was started wherever it happened to be.
    pub(crate) fn anywhere(&self) -> Self {
        Self {
            is_here_chosen: false,
            ..self.clone()
        }
    }

    /// The settings to start with, and a watch over the files that they come from. All are looked at
    /// before they are read, so that no edit is missed; some are named by settings themselves.
    pub(crate) async fn watched_settings(
        &self,
        folder: &DataFolder,
        flags: Vec<Override>,
    ) -> Result<(Settings, Watch)> {
        let naming = self.settings(folder, flags.clone())?;
        let watch = Watch::new(self.look(folder, &naming));
        Ok((self.settings_to_start(folder, flags).await?, watch))
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
            stored: &[],
        }
    }
}

/// A tool's failure is one line and its hint.
fn on_one_line(error: Error) -> Error {
    let message = error.message().replace('\n', "; ");
    Error::new(error.code(), message).hint(error.hint_text().to_owned())
}
