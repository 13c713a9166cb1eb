//! The two PostgreSQL roles that statements run as. They log in nowhere and own nothing.
//!
//! Roles belong to the whole cluster, so another database may make them at the same moment. A login
//! that may not make them is told what its administrator has to run.

use genkan_core::{Code, Error, Result};

use super::run_script;
use crate::db::{self, Link, fetch_one, fetch_optional};

const ROLES: [&str; 2] = ["genkan_app", "genkan_system"];

/// How often a meeting with another database's migration is tried again.
const ATTEMPTS: u32 = 20;

/// Makes what is missing: the roles, and the login's membership in them.
pub(super) async fn ensure(link: &mut Link) -> Result<()> {
    for role in ROLES {
        for attempt in 1.. {
            match ensure_one(link, role).await {
                Ok(()) => break,
                Err(error) if is_meeting(&error) && attempt < ATTEMPTS => {}
                Err(error) => return Err(explain(link, error).await),
            }
        }
    }
    Ok(())
}

/// Why a role is not there as it has to be.
enum Failure {
    /// Some statement failed.
    Statement(db::Error),
    /// It is there with rights that row-level security does not hold back.
    TooPowerful(&'static str),
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        Self::Statement(error)
    }
}

async fn ensure_one(link: &mut Link, role: &'static str) -> Result<(), Failure> {
    let sql =
        "SELECT CAST(rolsuper OR rolbypassrls AS int)::bigint FROM pg_roles WHERE rolname = $1";
    let found: Option<(i64,)> = fetch_optional!(link, sql, role)?;
    match found {
        None => run_script(link, format!("CREATE ROLE {role} NOLOGIN")).await?,
        Some((0,)) => {}
        Some(_) => return Err(Failure::TooPowerful(role)),
    }
    // Whether the login may take the role is best found out by doing it; since PostgreSQL 16 a
    // membership alone does not say.
    let take = format!("BEGIN; SET LOCAL ROLE {role}");
    if run_script(link, take).await.is_ok() {
        return Ok(run_script(link, "ROLLBACK").await?);
    }
    run_script(link, "ROLLBACK").await?;
    Ok(run_script(link, format!("GRANT {role} TO CURRENT_USER")).await?)
}

/// Somebody else made the same role or membership in the same moment.
fn is_meeting(failure: &Failure) -> bool {
    let Failure::Statement(error) = failure else {
        return false;
    };
    // duplicate_object, unique_violation, and `tuple concurrently updated` (internal_error).
    matches!(
        error.postgres_code().as_deref(),
        Some("42710" | "23505" | "XX000")
    )
}

async fn explain(link: &mut Link, failure: Failure) -> Error {
    let error = match failure {
        Failure::Statement(error) => error,
        Failure::TooPowerful(role) => {
            let text = format!(
                "role `{role}` is above row-level security: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"
            );
            return Error::new(Code::ConfigInvalid, text);
        }
    };
    if error.postgres_code().as_deref() != Some("42501") {
        return error.into();
    }
    let login: Result<(String,), db::Error> = fetch_one!(link, "SELECT quote_ident(session_user)");
    let login = login.map_or_else(|_| "<login>".to_owned(), |(login,)| login);
    let [app, system] = ROLES;
    Error::new(Code::StoreNotMigrated, format!("the login {login} may not make the roles that Genkan needs"))
        .hint(format!(
            "Let an administrator of the server run: CREATE ROLE {app} NOLOGIN; CREATE ROLE {system} NOLOGIN; \
             GRANT {app}, {system} TO {login};"
        ))
        .source(error)
}
