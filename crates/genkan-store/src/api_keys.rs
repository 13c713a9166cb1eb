//! API keys: the hash by which a key is known, and whom it stands for.

use std::collections::HashMap;

use genkan_core::{
    Code, Error, Principal, Result, Role, Timestamp,
    digest::Digest,
    id::{PrincipalId, TenantId},
};

use crate::{
    SystemTx, TenantTx,
    db::{Link, execute, fetch_all, fetch_many, fetch_optional, row},
    principals::parse_role,
};

/// One API key as the store knows it. The secret itself is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The part of the key's text by which it is looked up; unique over all tenants.
    pub id: String,
    /// The tenant that it opens.
    pub tenant: TenantId,
    /// Whom it stands for.
    pub principal: PrincipalId,
    /// The name that people see.
    pub name: String,
    /// The most that a call with it may do.
    pub role: Role,
    /// The keyed hash of the secret.
    pub hash: [u8; 32],
    /// When it was made.
    pub created: Timestamp,
    /// From when on it no longer works.
    pub expires: Option<Timestamp>,
    /// Since when it no longer works.
    pub revoked: Option<Timestamp>,
    /// The key that took its place.
    pub replaced_by: Option<String>,
}

/// A key with the principal that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyFound {
    /// The key.
    pub key: ApiKey,
    /// The principal.
    pub principal: Principal,
}

row! {
    struct Named {
        principal: String,
        name: String,
    }
}

row! {
    struct Row {
        id: String,
        tenant: String,
        principal: String,
        name: String,
        role: String,
        hash: String,
        created: i64,
        expires: Option<i64>,
        revoked: Option<i64>,
        replaced_by: Option<String>,
    }
}

impl TryFrom<Row> for ApiKey {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let hash = Digest::from_hex(&row.hash).ok_or_else(|| {
            Error::new(
                Code::StoreCorrupt,
                format!("the hash of API key `{}` is no hash", row.id),
            )
        })?;
        Ok(Self {
            id: row.id,
            tenant: TenantId::from_stored(row.tenant),
            principal: PrincipalId::from_stored(row.principal),
            name: row.name,
            role: parse_role(&row.role)?,
            hash: *hash.as_bytes(),
            created: Timestamp::from_millis(row.created),
            expires: row.expires.map(Timestamp::from_millis),
            revoked: row.revoked.map(Timestamp::from_millis),
            replaced_by: row.replaced_by,
        })
    }
}

impl SystemTx {
    /// Makes a key. Error: `already_exists`.
    pub async fn api_key_create(&mut self, key: &ApiKey) -> Result<()> {
        create(self.link(), key).await
    }

    /// Finds a key and its principal by the key's id, whatever the tenant.
    pub async fn api_key_find(&mut self, id: &str) -> Result<Option<ApiKeyFound>> {
        let sql = "SELECT id, tenant, principal, name, role, hash, created, expires, revoked, replaced_by \
                   FROM api_key WHERE id = $1";
        let row: Option<Row> = fetch_optional!(self, sql, id)?;
        let Some(row) = row else { return Ok(None) };
        let key = ApiKey::try_from(row)?;
        let principal = self.principal_find(&key.tenant, &key.principal).await?;
        Ok(principal.map(|principal| ApiKeyFound { key, principal }))
    }
}

impl TenantTx {
    /// Makes a key of this tenant. Error: `already_exists`.
    pub async fn api_key_create(&mut self, key: &ApiKey) -> Result<()> {
        let key = ApiKey {
            tenant: self.tenant().clone(),
            ..key.clone()
        };
        create(self.link(), &key).await
    }

    /// Lists the keys of this tenant after the given id, by id.
    pub async fn api_key_list(&mut self, after: Option<&str>, limit: u32) -> Result<Vec<ApiKey>> {
        let tenant = self.tenant().clone();
        let rows: Vec<Row> = fetch_all!(
            self,
            "SELECT id, tenant, principal, name, role, hash, created, expires, revoked, replaced_by \
             FROM api_key WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
            tenant.as_str(),
            after.unwrap_or_default(),
            i64::from(limit),
        )?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }

    /// The names of this tenant's keys, by their principals.
    pub async fn api_key_names(&mut self) -> Result<HashMap<String, String>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT principal, name FROM api_key WHERE tenant = $1";
        let rows: Vec<Named> = fetch_many!(self, sql, tenant.as_str())?;
        let named = rows.into_iter().map(|row| (row.principal, row.name));
        Ok(named.collect())
    }

    /// Gets a key of this tenant. Error: `no_such_item`.
    pub async fn api_key_get(&mut self, id: &str) -> Result<ApiKey> {
        let tenant = self.tenant().clone();
        let sql = "SELECT id, tenant, principal, name, role, hash, created, expires, revoked, replaced_by \
                   FROM api_key WHERE tenant = $1 AND id = $2";
        let row: Option<Row> = fetch_optional!(self, sql, tenant.as_str(), id)?;
        row.map(ApiKey::try_from)
            .transpose()?
            .ok_or_else(|| unknown(id))
    }

    /// Revokes a key of this tenant; one that is revoked stays so since then. Error: `no_such_item`.
    pub async fn api_key_revoke(&mut self, id: &str, now: Timestamp) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql =
            "UPDATE api_key SET revoked = COALESCE(revoked, $3) WHERE tenant = $1 AND id = $2";
        match execute!(self, sql, tenant.as_str(), id, now.as_millis())? {
            0 => Err(unknown(id)),
            _ => Ok(()),
        }
    }

    /// Makes the successor of a key and revokes the key. Errors: `no_such_item`, `conflict` when it
    /// is revoked already.
    pub async fn api_key_rotate(
        &mut self,
        id: &str,
        successor: &ApiKey,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql = "UPDATE api_key SET revoked = $3, replaced_by = $4 \
                   WHERE tenant = $1 AND id = $2 AND revoked IS NULL";
        if execute!(
            self,
            sql,
            tenant.as_str(),
            id,
            now.as_millis(),
            successor.id.as_str()
        )? == 0
        {
            let key = self.api_key_get(id).await?;
            return Err(Error::new(
                Code::Conflict,
                format!("the API key `{}` is revoked already", key.name),
            ));
        }
        self.api_key_create(successor).await
    }
}

async fn create(link: &mut Link, key: &ApiKey) -> Result<()> {
    execute!(
        link,
        "INSERT INTO api_key (id, tenant, principal, name, role, hash, created, expires, revoked, replaced_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        key.id.as_str(),
        key.tenant.as_str(),
        key.principal.as_str(),
        key.name.as_str(),
        key.role.as_str(),
        Digest::from_bytes(key.hash).to_hex(),
        key.created.as_millis(),
        key.expires.map(Timestamp::as_millis),
        key.revoked.map(Timestamp::as_millis),
        key.replaced_by.as_deref(),
    )?;
    Ok(())
}

fn unknown(id: &str) -> Error {
    Error::new(
        Code::NoSuchItem,
        format!("there is no API key `{}`", id.escape_debug()),
    )
}
