//! The two kinds of transaction: one tenant's, and the house's own.

use genkan_core::{Result, id::TenantId};
use tracing::Span;

use crate::{
    db::{Dialect, Driver, Error, Link, fetch_one},
    knowledge::Noted,
};

/// A transaction of one tenant: the only type with tenant queries.
///
/// On PostgreSQL it runs as role `genkan_app` with the tenant set, so that row-level security
/// stands behind the statements. One that only reads sees one state of the database, and ends when
/// it is dropped.
pub struct TenantTx {
    link: Link,
    tenant: TenantId,
    noted: Noted,
    /// Lasts as long as the transaction.
    _span: Span,
}

/// A transaction of the house, for the short list of statements that cross tenants.
pub struct SystemTx {
    link: Link,
}

impl TenantTx {
    /// Turns a transaction that has begun into this tenant's.
    pub(crate) async fn enter(mut link: Link, tenant: TenantId) -> Result<Self> {
        take_role(&mut link, "genkan_app", tenant.as_str()).await?;
        Ok(Self::resume(link, tenant))
    }

    /// Takes a link on which the role is set already.
    pub(crate) fn resume(link: Link, tenant: TenantId) -> Self {
        Self {
            link,
            tenant,
            noted: Noted::default(),
            _span: Span::none(),
        }
    }

    /// Ends this span when the transaction ends.
    pub(crate) fn within(self, span: Span) -> Self {
        Self {
            _span: span,
            ..self
        }
    }

    /// Whose transaction it is.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// What a knowledge write notes on its way.
    pub(crate) fn noted(&mut self) -> &mut Noted {
        &mut self.noted
    }

    pub(crate) fn into_link(self) -> Link {
        self.link
    }

    pub(crate) fn driver(&mut self) -> Driver<'_> {
        self.link.driver()
    }

    /// For statements that both kinds of transaction have.
    pub(crate) fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    #[allow(dead_code, reason = "offered to every aggregate")]
    pub(crate) fn dialect(&self) -> Dialect {
        self.link.dialect()
    }
}

impl SystemTx {
    /// Turns a transaction that has begun into the house's.
    pub(crate) async fn enter(mut link: Link) -> Result<Self> {
        take_role(&mut link, "genkan_system", "").await?;
        Ok(Self { link })
    }

    /// Takes a link on which the role is set already.
    pub(crate) fn resume(link: Link) -> Self {
        Self { link }
    }

    pub(crate) fn into_link(self) -> Link {
        self.link
    }

    pub(crate) fn driver(&mut self) -> Driver<'_> {
        self.link.driver()
    }

    /// For statements that both kinds of transaction have.
    pub(crate) fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    #[allow(dead_code, reason = "offered to every aggregate")]
    pub(crate) fn dialect(&self) -> Dialect {
        self.link.dialect()
    }
}

/// Gives up every right but the role's, until the transaction ends. SQLite has no roles.
pub(crate) async fn take_role(link: &mut Link, role: &str, tenant: &str) -> Result<(), Error> {
    if link.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let sql = "SELECT set_config('role', $1, true), set_config('genkan.tenant', $2, true)";
    let _: (String, String) = fetch_one!(link, sql, role, tenant)?;
    Ok(())
}
