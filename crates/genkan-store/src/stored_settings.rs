//! Settings that all instances on a store have in common. What they mean the store does not know.

use std::time::Duration;

use genkan_core::{Code, Error, Result};

use crate::{
    Location, SystemTx,
    db::{self, Dialect, Link, execute, fetch_all, fetch_one},
    migrate::run_script,
    tx::take_role,
};

/// How long to wait for a database before the store is open.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest key, and the longest value, in bytes.
const LONGEST: (usize, usize) = (128, 4096);
/// How many there are at most; there are far fewer keys.
const MOST: i64 = 1_000;

/// A setting that lies in the store, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSetting {
    /// `section.key`.
    pub key: String,
    /// The value as a variable of the environment would have it.
    pub value: String,
}

impl SystemTx {
    /// Keeps a setting, whatever it was. Errors: `too_large`, `invalid_arguments`.
    pub async fn stored_setting_set(&mut self, setting: &StoredSetting) -> Result<()> {
        let (key, value) = (setting.key.as_str(), setting.value.as_str());
        if key.len() > LONGEST.0 || value.len() > LONGEST.1 {
            let message = format!("a stored setting has at most {} bytes", LONGEST.1);
            return Err(Error::new(Code::TooLarge, message));
        }
        if value.contains('\0') {
            let message = "a stored setting is text, and this one has a NUL in it";
            return Err(Error::new(Code::InvalidArguments, message));
        }
        let sql = "INSERT INTO stored_setting (key, value) VALUES ($1, $2) \
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        execute!(self, sql, key, value)?;
        Ok(())
    }

    /// Forgets a setting. Returns whether it was there.
    pub async fn stored_setting_unset(&mut self, key: &str) -> Result<bool> {
        let gone = execute!(self, "DELETE FROM stored_setting WHERE key = $1", key)?;
        Ok(gone > 0)
    }

    /// Lists them by key, and keeps them from changing elsewhere until the transaction ends.
    pub async fn stored_setting_list_to_change(&mut self) -> Result<Vec<StoredSetting>> {
        // SQLite has one writer anyway.
        if self.link().dialect() == Dialect::Postgres {
            execute!(
                self,
                "LOCK TABLE stored_setting IN SHARE ROW EXCLUSIVE MODE"
            )?;
        }
        self.stored_setting_list().await
    }

    /// Lists them by key.
    pub async fn stored_setting_list(&mut self) -> Result<Vec<StoredSetting>> {
        Ok(list(self.link()).await?)
    }
}

/// Reads them where the store is not open yet. Makes and changes nothing: where there is no store, or
/// one of an older schema, there are none.
///
/// Errors: `store_unavailable`, `config_invalid`.
pub async fn stored_settings(location: &Location) -> Result<Vec<StoredSetting>> {
    let mut link = match location {
        Location::Sqlite(file) if !file.exists() => return Ok(Vec::new()),
        Location::Sqlite(file) => Link::Sqlite(Box::new(db::connect::sqlite_reader(file)?)),
        Location::Postgres(_) => db::connect::owned(location, PATIENCE).await?,
    };
    let found = read(&mut link).await;
    link.close().await;
    Ok(found?)
}

async fn read(link: &mut Link) -> Result<Vec<StoredSetting>, db::Error> {
    let exists = link.dialect().pick(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'stored_setting'",
        "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'stored_setting'",
    );
    let (tables,): (i64,) = fetch_one!(link, sqlx::AssertSqlSafe(exists))?;
    if tables == 0 {
        return Ok(Vec::new());
    }
    // The role lasts as long as the transaction, which ends with the connection.
    run_script(link, "BEGIN").await?;
    take_role(link, "genkan_system", "").await?;
    list(link).await
}

async fn list(link: &mut Link) -> Result<Vec<StoredSetting>, db::Error> {
    let sql = "SELECT key, value FROM stored_setting ORDER BY key LIMIT $1";
    let rows: Vec<(String, String)> = fetch_all!(link, sql, MOST)?;
    let setting = |(key, value)| StoredSetting { key, value };
    Ok(rows.into_iter().map(setting).collect())
}
