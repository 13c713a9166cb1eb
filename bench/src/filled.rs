//! A store with many tenants or many keys, made before a server opens it.

use std::{path::Path, sync::Arc};

use anyhow::Result;
use genkan_core::{
    Clock, Random, Role, Secret, clock::SystemClock, id::TenantId, lifecycle::Lifecycle,
    random::SystemRandom,
};
use genkan_identity::{Identity, MasterKey, Purpose, bind_store, bootstrap};
use genkan_store::{Location, Options, Store, Tenant};

/// How many keys are written in one transaction.
const TOGETHER: usize = 500;

/// What the store has many of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Many {
    /// Tenants, each with one key.
    Tenants,
    /// Keys of one tenant.
    Keys,
}

/// Makes a SQLite store in the folder, under this master key, and returns so many keys of users.
pub async fn make(folder: &Path, master: &str, many: Many, number: usize) -> Result<Vec<String>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let lifecycle = Lifecycle::new();
    let master = MasterKey::parse(&Secret::new(master.to_owned()))?;
    let location = Location::Sqlite(folder.join("genkan.db"));
    let options = Options::new(location, master.subkey(Purpose::Audit));
    let store = Store::open(options, clock.clone(), random.clone(), &lifecycle).await?;
    bind_store(&master, &store).await?;
    let identity = Identity::new(store.clone(), &master, clock, random);
    bootstrap(&store, &identity).await?;
    let mut keys = Vec::with_capacity(number);
    for from in (0..number).step_by(TOGETHER) {
        let to = (from + TOGETHER).min(number);
        keys.extend(write(&store, &identity, many, from..to).await?);
    }
    lifecycle.stop(std::time::Duration::from_secs(20)).await;
    Ok(keys)
}

async fn write(
    store: &Store,
    identity: &Identity,
    many: Many,
    numbers: std::ops::Range<usize>,
) -> Result<Vec<String>> {
    let (mut rows, mut keys) = (Vec::new(), Vec::new());
    for number in numbers {
        let tenant = match many {
            Many::Tenants => TenantId::from_stored(format!("team-{number}")),
            Many::Keys => TenantId::default_tenant(),
        };
        let name = format!("bench {number}");
        let (principal, key, text) = identity.api_keys().fresh(&tenant, &name, Role::User, None);
        rows.push((tenant, principal, key));
        keys.push(text.expose().clone());
    }
    let rows = Arc::new(rows);
    store
        .system_write(move |tx| {
            let rows = Arc::clone(&rows);
            Box::pin(async move {
                for (tenant, principal, key) in rows.iter() {
                    if many == Many::Tenants {
                        let tenant = Tenant {
                            id: tenant.clone(),
                            name: tenant.as_str().to_owned(),
                            created: key.created,
                        };
                        tx.tenant_create(&tenant).await?;
                    }
                    tx.principal_create(principal, key.created).await?;
                    tx.api_key_create(key).await?;
                }
                Ok::<_, genkan_core::Error>(())
            })
        })
        .await?;
    Ok(keys)
}
