//! Principals: who may call, each within one tenant.

use genkan_core::{
    Code, Error, Principal, Result, Role, Timestamp,
    id::{PrincipalId, TenantId},
    principal::Kind,
};

use crate::{
    SystemTx, TenantTx,
    db::{Link, execute, fetch_all, fetch_optional, row},
};

row! {
    pub(crate) struct PrincipalRow {
        tenant: String,
        id: String,
        kind: String,
        issuer: String,
        subject: String,
        role: String,
    }
}

impl TryFrom<PrincipalRow> for Principal {
    type Error = Error;

    fn try_from(row: PrincipalRow) -> Result<Self> {
        Ok(Self {
            tenant: TenantId::from_stored(row.tenant),
            id: PrincipalId::from_stored(row.id),
            kind: parse_kind(&row.kind)?,
            issuer: row.issuer.into(),
            subject: row.subject.into(),
            role: parse_role(&row.role)?,
        })
    }
}

impl SystemTx {
    /// Makes a principal in its tenant. Error: `already_exists` for its id, or issuer and subject.
    pub async fn principal_create(&mut self, principal: &Principal, now: Timestamp) -> Result<()> {
        create(self.link(), principal, now).await
    }

    /// Finds a principal of a tenant.
    pub async fn principal_find(
        &mut self,
        tenant: &TenantId,
        id: &PrincipalId,
    ) -> Result<Option<Principal>> {
        find(self.link(), tenant, id).await
    }
}

impl TenantTx {
    /// Makes a principal in this tenant. Error: `already_exists`.
    pub async fn principal_create(&mut self, principal: &Principal, now: Timestamp) -> Result<()> {
        let principal = Principal {
            tenant: self.tenant().clone(),
            ..principal.clone()
        };
        create(self.link(), &principal, now).await
    }

    /// Finds a principal of this tenant.
    pub async fn principal_find(&mut self, id: &PrincipalId) -> Result<Option<Principal>> {
        let tenant = self.tenant().clone();
        find(self.link(), &tenant, id).await
    }

    /// Lists the principals of this tenant after the given id, by id.
    pub async fn principal_list(
        &mut self,
        after: Option<&PrincipalId>,
        limit: u32,
    ) -> Result<Vec<Principal>> {
        let tenant = self.tenant().clone();
        let rows: Vec<PrincipalRow> = fetch_all!(
            self,
            "SELECT tenant, id, kind, issuer, subject, role FROM principal \
             WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
            tenant.as_str(),
            after.map_or("", PrincipalId::as_str),
            i64::from(limit),
        )?;
        rows.into_iter().map(Principal::try_from).collect()
    }

    /// Gives a principal of this tenant another role. Error: `no_such_item`.
    pub async fn principal_set_role(&mut self, id: &PrincipalId, role: Role) -> Result<()> {
        let tenant = self.tenant().clone();
        let sql = "UPDATE principal SET role = $3 WHERE tenant = $1 AND id = $2";
        match execute!(self, sql, tenant.as_str(), id.as_str(), role.as_str())? {
            0 => Err(Error::new(
                Code::NoSuchItem,
                format!("there is no principal `{id}`"),
            )),
            _ => Ok(()),
        }
    }
}

async fn create(link: &mut Link, principal: &Principal, now: Timestamp) -> Result<()> {
    execute!(
        link,
        "INSERT INTO principal (tenant, id, kind, issuer, subject, role, created) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        principal.tenant.as_str(),
        principal.id.as_str(),
        principal.kind.as_str(),
        &*principal.issuer,
        &*principal.subject,
        principal.role.as_str(),
        now.as_millis(),
    )?;
    Ok(())
}

async fn find(link: &mut Link, tenant: &TenantId, id: &PrincipalId) -> Result<Option<Principal>> {
    let sql = "SELECT tenant, id, kind, issuer, subject, role FROM principal WHERE tenant = $1 AND id = $2";
    let row: Option<PrincipalRow> = fetch_optional!(link, sql, tenant.as_str(), id.as_str())?;
    row.map(Principal::try_from).transpose()
}

/// Words in the store were written by us; another word means that somebody else did.
pub(crate) fn parse_role(word: &str) -> Result<Role> {
    Role::parse(word).map_err(|error| corrupt("role", word).source(error))
}

fn parse_kind(word: &str) -> Result<Kind> {
    [Kind::User, Kind::Service, Kind::Agent]
        .into_iter()
        .find(|kind| kind.as_str() == word)
        .ok_or_else(|| corrupt("kind", word))
}

fn corrupt(column: &str, word: &str) -> Error {
    Error::new(
        Code::StoreCorrupt,
        format!(
            "the store holds the unknown {column} `{}`",
            word.escape_debug()
        ),
    )
}
