//! Facts about the store itself, such as the id of its master key.

use genkan_core::Result;

use crate::{
    SystemTx,
    db::{execute, fetch_one, fetch_optional},
};

impl SystemTx {
    /// Finds a fact.
    pub async fn meta_find(&mut self, key: &str) -> Result<Option<String>> {
        let row: Option<(String,)> =
            fetch_optional!(self, "SELECT value FROM meta WHERE key = $1", key)?;
        Ok(row.map(|(value,)| value))
    }

    /// Sets a fact, whatever it was.
    pub async fn meta_set(&mut self, key: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        execute!(self, sql, key, value)?;
        Ok(())
    }

    /// Sets a fact that is not set yet. Returns what it is now; the first of two instances wins.
    pub async fn meta_get_or_set(&mut self, key: &str, value: &str) -> Result<String> {
        execute!(
            self,
            "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
            key,
            value
        )?;
        let (value,): (String,) = fetch_one!(self, "SELECT value FROM meta WHERE key = $1", key)?;
        Ok(value)
    }
}
