//! Tasks: calls that go on after they were answered, kept until they expire.
//!
//! A change names the state that it begins with, so that of two who change a task at once one sees
//! that it came too late. Nothing here starts, stops or judges work.

use genkan_core::{
    Code, Error, Result, Timestamp,
    id::{PrincipalId, TenantId, WriterId},
    task::TaskStatus,
};
use sqlx::AssertSqlSafe;

use crate::{
    SystemTx, TenantTx,
    db::{execute, fetch_all, fetch_one, fetch_optional, row},
};

/// A task as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// The id, which nobody can guess.
    pub id: String,
    /// Whose it is; nobody else learns of it.
    pub principal: PrincipalId,
    /// The endpoint through which the tool was called.
    pub profile: String,
    /// The tool.
    pub tool: String,
    /// The arguments, as JSON.
    pub arguments: String,
    /// How far it is.
    pub status: TaskStatus,
    /// When it began.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it is forgotten.
    pub expires: Timestamp,
    /// Which process works on it, or did.
    pub writer: WriterId,
    /// Until when that process is known to live.
    pub alive_until: Timestamp,
    /// The open questions by key, as JSON.
    pub requests: String,
    /// The answers so far by key, as JSON.
    pub answers: String,
    /// The sealed state with which the work goes on.
    pub state: Option<String>,
    /// The result or the error, as JSON.
    pub outcome: Option<String>,
}

/// A process's hold on the work.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Which process.
    pub writer: WriterId,
    /// Until when it is known to live.
    pub until: Timestamp,
}

row! {
    struct Row {
        id: String,
        principal: String,
        profile: String,
        tool: String,
        arguments: String,
        status: String,
        created: i64,
        updated: i64,
        expires: i64,
        writer: String,
        alive_until: i64,
        requests: String,
        answers: String,
        state: Option<String>,
        outcome: Option<String>,
    }
}

impl Row {
    fn read(self) -> Result<TaskRow> {
        let unknown = || Error::new(Code::StoreCorrupt, "a task has a status that nobody knows");
        Ok(TaskRow {
            status: TaskStatus::parse(&self.status).ok_or_else(unknown)?,
            id: self.id,
            principal: PrincipalId::from_stored(self.principal),
            profile: self.profile,
            tool: self.tool,
            arguments: self.arguments,
            created: Timestamp::from_millis(self.created),
            updated: Timestamp::from_millis(self.updated),
            expires: Timestamp::from_millis(self.expires),
            writer: WriterId::from_stored(self.writer),
            alive_until: Timestamp::from_millis(self.alive_until),
            requests: self.requests,
            answers: self.answers,
            state: self.state,
            outcome: self.outcome,
        })
    }
}

impl TenantTx {
    /// Finds a task by its id.
    pub async fn task_find(&mut self, id: &str) -> Result<Option<TaskRow>> {
        let tenant = self.tenant().clone();
        let sql = "SELECT id, principal, profile, tool, arguments, status, created, updated, expires, writer, \
                   alive_until, requests, answers, state, outcome FROM task WHERE tenant = $1 AND id = $2";
        let found: Option<Row> = fetch_optional!(self, sql, tenant.as_str(), id)?;
        found.map(Row::read).transpose()
    }

    /// Counts the tasks of a principal that have not ended.
    pub async fn task_count_open(&mut self, principal: &PrincipalId) -> Result<i64> {
        let tenant = self.tenant().clone();
        let sql = "SELECT count(*) FROM task WHERE tenant = $1 AND principal = $2 \
                   AND status IN ('working', 'input_required')";
        let (open,): (i64,) = fetch_one!(self, sql, tenant.as_str(), principal.as_str())?;
        Ok(open)
    }
}

impl SystemTx {
    /// Keeps a new task.
    pub async fn task_create(&mut self, tenant: &TenantId, task: &TaskRow) -> Result<()> {
        let sql = "INSERT INTO task (tenant, id, principal, profile, tool, arguments, status, created, updated, \
                   expires, writer, alive_until, requests, answers, state, outcome) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
        execute!(
            self,
            sql,
            tenant.as_str(),
            task.id.as_str(),
            task.principal.as_str(),
            task.profile.as_str(),
            task.tool.as_str(),
            task.arguments.as_str(),
            task.status.as_str(),
            task.created.as_millis(),
            task.updated.as_millis(),
            task.expires.as_millis(),
            task.writer.as_str(),
            task.alive_until.as_millis(),
            task.requests.as_str(),
            task.answers.as_str(),
            task.state.as_deref(),
            task.outcome.as_deref(),
        )?;
        Ok(())
    }

    /// Ends a task that is being worked on. Returns whether it was.
    pub async fn task_settle(
        &mut self,
        tenant: &TenantId,
        id: &str,
        status: TaskStatus,
        outcome: Option<&str>,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE task SET status = $3, outcome = $4, updated = $5, state = NULL \
                   WHERE tenant = $1 AND id = $2 AND status = 'working'";
        let (tenant, status, now) = (tenant.as_str(), status.as_str(), now.as_millis());
        Ok(execute!(self, sql, tenant, id, status, outcome, now)? == 1)
    }

    /// Lets a task that is being worked on wait for answers. Returns whether it was.
    pub async fn task_park(
        &mut self,
        tenant: &TenantId,
        id: &str,
        requests: &str,
        state: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE task SET status = 'input_required', requests = $3, answers = '{}', state = $4, updated = $5 \
                   WHERE tenant = $1 AND id = $2 AND status = 'working'";
        Ok(execute!(
            self,
            sql,
            tenant.as_str(),
            id,
            requests,
            state,
            now.as_millis()
        )? == 1)
    }

    /// Keeps answers for a task that is still as it was read. With a lease, work goes on under it.
    /// Returns whether the task was as it was read.
    pub async fn task_answer(
        &mut self,
        tenant: &TenantId,
        read: &TaskRow,
        requests: &str,
        answers: &str,
        lease: Option<&Lease>,
        now: Timestamp,
    ) -> Result<bool> {
        let status = match lease {
            Some(_) => TaskStatus::Working,
            None => TaskStatus::InputRequired,
        };
        let (writer, until) = match lease {
            Some(lease) => (&lease.writer, lease.until),
            None => (&read.writer, read.alive_until),
        };
        let sql = "UPDATE task SET status = $3, requests = $4, answers = $5, writer = $6, alive_until = $7, \
                   updated = $8 WHERE tenant = $1 AND id = $2 AND status = 'input_required' AND answers = $9 \
                   AND requests = $10";
        let touched = execute!(
            self,
            sql,
            tenant.as_str(),
            read.id.as_str(),
            status.as_str(),
            requests,
            answers,
            writer.as_str(),
            until.as_millis(),
            now.as_millis(),
            read.answers.as_str(),
            read.requests.as_str(),
        )?;
        Ok(touched == 1)
    }

    /// Cancels a task that has not ended. Returns whether it had not.
    pub async fn task_cancel(
        &mut self,
        tenant: &TenantId,
        id: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "UPDATE task SET status = 'cancelled', updated = $3, state = NULL \
                   WHERE tenant = $1 AND id = $2 AND status IN ('working', 'input_required')";
        Ok(execute!(self, sql, tenant.as_str(), id, now.as_millis())? == 1)
    }

    /// Prolongs the lease on everything that this process works on, and lists it by tenant and id.
    pub async fn task_hold(&mut self, lease: &Lease) -> Result<Vec<(TenantId, String)>> {
        let writer = lease.writer.as_str();
        let sql = format!(
            "UPDATE task SET alive_until = $2 WHERE (tenant, id) IN \
             (SELECT tenant, id FROM task WHERE status = 'working' AND writer = $1 {})",
            self.dialect().skipping_locked()
        );
        execute!(self, AssertSqlSafe(sql), writer, lease.until.as_millis())?;
        let sql = "SELECT tenant, id FROM task WHERE status = 'working' AND writer = $1";
        let rows: Vec<(String, String)> = fetch_all!(self, sql, writer)?;
        Ok(rows
            .into_iter()
            .map(|(tenant, id)| (TenantId::from_stored(tenant), id))
            .collect())
    }

    /// Fails every task whose worker has not been heard of, with this error. Lists them.
    pub async fn task_fail_lost(
        &mut self,
        error: &str,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, String)>> {
        let sql = format!(
            "SELECT tenant, id FROM task WHERE status = 'working' AND alive_until < $1 {}",
            self.dialect().skipping_locked()
        );
        let lost: Vec<(String, String)> = fetch_all!(self, AssertSqlSafe(sql), now.as_millis())?;
        let mut failed = Vec::new();
        for (tenant, id) in lost {
            let tenant = TenantId::from_stored(tenant);
            if self
                .task_settle(&tenant, &id, TaskStatus::Failed, Some(error), now)
                .await?
            {
                failed.push((tenant, id));
            }
        }
        Ok(failed)
    }

    /// Forgets tasks that have expired. Returns how many.
    pub async fn tasks_purge(&mut self, now: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM task WHERE expires < $1 AND status <> 'working'";
        Ok(execute!(self, sql, now.as_millis())?)
    }
}
