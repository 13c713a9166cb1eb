//! The first start: a tenant, an admin, and one key that opens the door to everything else.

use genkan_core::{Code, Error, Result, Role, Secret, id::TenantId};
use genkan_store::{Store, Tenant};

use crate::Identity;

/// The name of the first key.
const NAME: &str = "admin";

/// Makes tenants `system` and `default`, an admin, and the admin's API key, if the store has no
/// tenant yet. Returns the key once; `None` on every later start, also when two first starts race.
pub async fn bootstrap(store: &Store, identity: &Identity) -> Result<Option<Secret<String>>> {
    let tenant = TenantId::default_tenant();
    let (principal, row, key) = identity.api_keys().fresh(&tenant, NAME, Role::Admin, None);
    let now = row.created;
    let is_first = store
        .system_write(move |tx| {
            let (tenant, principal, row) = (tenant.clone(), principal.clone(), row.clone());
            Box::pin(async move {
                if tx.tenant_find(&tenant).await?.is_some() {
                    return Ok(false);
                }
                tx.tenant_create(&Tenant {
                    id: TenantId::system(),
                    name: "The house itself".to_owned(),
                    created: now,
                })
                .await?;
                tx.tenant_create(&Tenant {
                    id: tenant,
                    name: "Default".to_owned(),
                    created: now,
                })
                .await?;
                tx.principal_create(&principal, now).await?;
                tx.api_key_create(&row).await?;
                Ok::<_, Error>(true)
            })
        })
        .await;
    match is_first {
        Ok(is_first) => Ok(is_first.then_some(key)),
        // Another instance was first between the look and the write.
        Err(error) if error.code() == Code::AlreadyExists => Ok(None),
        Err(error) => Err(error),
    }
}
