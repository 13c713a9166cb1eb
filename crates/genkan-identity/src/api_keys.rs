//! API keys: made, listed, rotated and revoked. A key's secret is shown once and never stored.

use std::{sync::Arc, time::Duration};

use genkan_core::{
    CallContext, Clock, Code, Error, Principal, Random, Result, Role, Secret, Timestamp,
    id::{PrincipalId, TenantId},
    principal::Kind,
};
use genkan_store::{ApiKey, Store, TenantTx};

use crate::{KeyText, identity::KeyHasher};

/// Who vouches for principals that are known by an API key.
const ISSUER: &str = "genkan:key";
/// The longest name of a key, in characters.
const LONGEST_NAME: usize = 64;

/// The API keys of all tenants; each method acts within the tenant of its caller.
#[derive(Clone)]
pub struct ApiKeys {
    store: Store,
    hasher: KeyHasher,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

/// What may be told of a key.
#[derive(Clone, Debug)]
pub struct KeyInfo {
    /// The id, the middle part of the key itself.
    pub id: String,
    /// The name that its maker gave it.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The id of the key that replaced it.
    pub replaced_by: Option<String>,
}

/// A fresh key with the one chance to see it.
#[derive(Debug)]
pub struct CreatedKey {
    /// What may be told of it.
    pub info: KeyInfo,
    /// The whole key.
    pub key: Secret<String>,
}

impl ApiKeys {
    pub(crate) fn new(
        store: Store,
        hasher: KeyHasher,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            store,
            hasher,
            clock,
            random,
        }
    }

    /// Makes a key and the service that it stands for.
    ///
    /// Errors: `invalid_arguments` for a name that breaks its rule, `already_exists` for one that a
    /// working key has.
    pub async fn create(
        &self,
        ctx: &CallContext,
        name: &str,
        role: Role,
        expires_in: Option<Duration>,
    ) -> Result<CreatedKey> {
        check_name(name)?;
        let (principal, row, key) = self.fresh(ctx.tenant(), name, role, expires_in);
        let info = KeyInfo::from(&row);
        let now = self.clock.now();
        self.store
            .write(ctx, move |tx| {
                let (principal, row) = (principal.clone(), row.clone());
                Box::pin(async move {
                    if all(tx)
                        .await?
                        .iter()
                        .any(|other| other.name == row.name && works(other, now))
                    {
                        let message = format!("a working key is named `{}`", row.name);
                        return Err(Error::new(Code::AlreadyExists, message));
                    }
                    tx.principal_create(&principal, now).await?;
                    tx.api_key_create(&row).await
                })
            })
            .await?;
        Ok(CreatedKey { info, key })
    }

    /// Lists the keys of the caller's tenant, oldest first.
    pub async fn list(&self, ctx: &CallContext) -> Result<Vec<KeyInfo>> {
        let mut tx = self.store.read(ctx.tenant()).await?;
        let mut rows = all(&mut tx).await?;
        rows.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Ok(rows.iter().map(KeyInfo::from).collect())
    }

    /// Makes a successor with the same name, role, principal and lifetime, and revokes the key.
    ///
    /// Errors: `no_such_item`; `conflict` for a key that no longer works.
    pub async fn rotate(&self, ctx: &CallContext, id: &str) -> Result<CreatedKey> {
        let text = KeyText::generate(&*self.random);
        let (hash, new_id) = (self.hasher.hash(&text), text.id().to_owned());
        let (old, now) = (id.to_owned(), self.clock.now());
        let row = self
            .store
            .write(ctx, move |tx| {
                let (id, new_id) = (old.clone(), new_id.clone());
                Box::pin(async move {
                    let old = tx.api_key_get(&id).await?;
                    if !works(&old, now) {
                        return Err(Error::new(
                            Code::Conflict,
                            format!("the API key `{}` works no longer", old.name),
                        ));
                    }
                    let lifetime = old.expires.map(|expires| lifetime_of(old.created, expires));
                    let expires = lifetime.map(|lifetime| now.plus(lifetime));
                    let successor = ApiKey {
                        id: new_id,
                        hash,
                        created: now,
                        expires,
                        ..old
                    };
                    tx.api_key_rotate(&id, &successor, now).await?;
                    Ok(successor)
                })
            })
            .await?;
        self.store.doubt_authority();
        Ok(CreatedKey {
            info: KeyInfo::from(&row),
            key: text.to_text(),
        })
    }

    /// Revokes a key. Doing it again changes nothing.
    ///
    /// Errors: `no_such_item`.
    pub async fn revoke(&self, ctx: &CallContext, id: &str) -> Result<KeyInfo> {
        let (named, now) = (id.to_owned(), self.clock.now());
        let revoked = self
            .store
            .write(ctx, move |tx| {
                let id = named.clone();
                Box::pin(async move {
                    tx.api_key_revoke(&id, now).await?;
                    Ok(KeyInfo::from(&tx.api_key_get(&id).await?))
                })
            })
            .await?;
        self.store.doubt_authority();
        Ok(revoked)
    }

    /// The id of the key that a person means: the one with this id, else the newest of this name,
    /// before all others one that works.
    pub(crate) async fn find(&self, tenant: &TenantId, wanted: &str) -> Result<Option<String>> {
        let mut tx = self.store.read(tenant).await?;
        let keys = all(&mut tx).await?;
        let now = self.clock.now();
        let by_id = keys.iter().find(|key| key.id == wanted);
        let named = keys.iter().filter(|key| key.name == wanted);
        let by_name = named.max_by_key(|key| (works(key, now), key.created));
        Ok(by_id.or(by_name).map(|key| key.id.clone()))
    }

    /// A key with its principal, not yet stored, and its text.
    pub fn fresh(
        &self,
        tenant: &TenantId,
        name: &str,
        role: Role,
        expires_in: Option<Duration>,
    ) -> (Principal, ApiKey, Secret<String>) {
        let now = self.clock.now();
        let text = KeyText::generate(&*self.random);
        let principal = Principal {
            tenant: tenant.clone(),
            id: PrincipalId::generate(&*self.clock, &*self.random),
            kind: Kind::Service,
            issuer: ISSUER.into(),
            subject: text.id().into(),
            role,
        };
        let row = ApiKey {
            id: text.id().to_owned(),
            tenant: tenant.clone(),
            principal: principal.id.clone(),
            name: name.to_owned(),
            role,
            hash: self.hasher.hash(&text),
            created: now,
            expires: expires_in.map(|lifetime| now.plus(lifetime)),
            revoked: None,
            replaced_by: None,
        };
        (principal, row, text.to_text())
    }
}

impl From<&ApiKey> for KeyInfo {
    fn from(row: &ApiKey) -> Self {
        Self {
            id: row.id.clone(),
            name: row.name.clone(),
            role: row.role,
            created_at: row.created,
            expires_at: row.expires,
            revoked_at: row.revoked,
            replaced_by: row.replaced_by.clone(),
        }
    }
}

/// All keys of a tenant. They are few: each was made by hand.
async fn all(tx: &mut TenantTx) -> Result<Vec<ApiKey>> {
    const PAGE: u32 = 1_000;
    let mut keys: Vec<ApiKey> = Vec::new();
    loop {
        let after = keys.last().map(|key| key.id.clone());
        let page = tx.api_key_list(after.as_deref(), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        keys.extend(page);
        if is_last {
            return Ok(keys);
        }
    }
}

fn works(row: &ApiKey, now: Timestamp) -> bool {
    row.revoked.is_none() && row.expires.is_none_or(|expires| expires > now)
}

fn lifetime_of(created: Timestamp, expires: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(expires.as_millis() - created.as_millis()).unwrap_or(0))
}

fn check_name(name: &str) -> Result<()> {
    let length = name.chars().count();
    if (1..=LONGEST_NAME).contains(&length)
        && !name.chars().any(char::is_control)
        && name.trim() == name
    {
        return Ok(());
    }
    let message = format!(
        "`name` is not 1–{LONGEST_NAME} characters without control characters or outer spaces"
    );
    Err(Error::new(Code::InvalidArguments, message))
}
