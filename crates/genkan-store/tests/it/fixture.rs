//! An open store with two tenants, and the calls that tests make on it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use genkan_core::{
    CallContext, Clock, Principal, Random, Result, Role, Timestamp, ToolOutput,
    call::Door,
    clock::SystemClock,
    context::{Caller, Dialogue},
    id::{CorrelationId, ExecutionId, PrincipalId, ProfileName, TenantId},
    lifecycle::{Lifecycle, Stopped},
    outcome::Disposition,
    principal::Kind,
    random::SystemRandom,
    record::{Personal, Record, Ticket},
};
use genkan_store::{Options, Pending, Store, Tenant, TenantTx, audit};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::database::Database;

/// An open store.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) lifecycle: Lifecycle,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Fixture {
    pub(crate) async fn open(database: &Database) -> Self {
        Self::open_with(database.options()).await
    }

    pub(crate) async fn open_with(options: Options) -> Self {
        Self::try_open(options).await.unwrap()
    }

    pub(crate) async fn try_open(options: Options) -> Result<Self> {
        let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) =
            (Arc::new(SystemClock), Arc::new(SystemRandom));
        let lifecycle = Lifecycle::new();
        let store =
            Store::open(options, Arc::clone(&clock), Arc::clone(&random), &lifecycle).await?;
        let fixture = Self {
            store,
            lifecycle,
            clock,
            random,
        };
        for name in ["a", "b"] {
            fixture.make_tenant(name).await;
        }
        Ok(fixture)
    }

    async fn make_tenant(&self, name: &'static str) {
        let now = self.now();
        let made = self.store.system_write(move |tx| {
            Box::pin(async move {
                let id = tenant(name);
                if tx.tenant_find(&id).await?.is_none() {
                    tx.tenant_create(&Tenant {
                        id: id.clone(),
                        name: name.to_owned(),
                        created: now,
                    })
                    .await?;
                    tx.principal_create(&principal(name), now).await?;
                }
                Ok(())
            })
        });
        made.await.unwrap();
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn record(&self, name: &str) -> Record {
        Record {
            tenant: tenant(name),
            id: ExecutionId::generate(&*self.clock, &*self.random),
            started: self.clock.now(),
            duration: Duration::from_micros(1500),
            principal: Some(principal(name).id),
            door: Door::McpHttp,
            operation: "tools/call",
            subject: Some("knowledge_find".into()),
            stage: "run",
            disposition: Disposition::Ok,
            count: 1,
            correlation_id: CorrelationId::generate(&*self.clock, &*self.random),
            personal: Personal {
                arguments: Some(r#"{"query":"the answer"}"#.to_owned()),
                source: Some("192.0.2.7".into()),
            },
            has_departed: false,
            answer: None,
        }
    }

    /// The context of one call of the tenant's principal, with its record pending.
    pub(crate) async fn context(&self, name: &str) -> CallContext {
        let place = self.store.records().reserve().await.unwrap();
        let pending = Pending {
            place,
            record: self.record(name),
            begun: self.clock.monotonic(),
        };
        CallContext {
            principal: Arc::new(principal(name)),
            profile: ProfileName::default_profile(),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            cancel: CancellationToken::new(),
            correlation_id: CorrelationId::generate(
                &SystemClock,
                &genkan_core::random::SystemRandom,
            ),
            trace: None,
            caller: Arc::new(Nobody),
            ticket: Ticket::new(pending),
            events: None,
            abilities: Default::default(),
            bus: Default::default(),
            deferral: Default::default(),
            dialogue: Dialogue::default(),
        }
    }

    /// Runs an effect as a call of the tenant's principal.
    pub(crate) async fn write<T, F>(&self, name: &str, effect: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut TenantTx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        self.store.write(&self.context(name).await, effect).await
    }

    /// A call that adds a principal with this id, which is the visible effect in these tests.
    pub(crate) async fn add(&self, name: &str, id: &str) -> Result<()> {
        let (now, id) = (self.now(), id.to_owned());
        self.write(name, move |tx| {
            let added = named(tx.tenant().as_str(), &id);
            Box::pin(async move { tx.principal_create(&added, now).await })
        })
        .await
    }

    /// Leaves the record of a read-only call.
    pub(crate) async fn leave(&self, name: &str) {
        let record = self.record(name);
        self.store.records().reserve().await.unwrap().leave(record);
    }

    /// The ids of the tenant's principals, in order.
    pub(crate) async fn principals(&self, name: &str) -> Vec<String> {
        let mut tx = self.store.read(&tenant(name)).await.unwrap();
        let principals = tx.principal_list(None, 10_000).await.unwrap();
        principals
            .iter()
            .map(|principal| principal.id.as_str().to_owned())
            .collect()
    }

    /// The tenant's records, the first one first, after everything queued is written.
    pub(crate) async fn records(&self, name: &str) -> Vec<audit::Entry> {
        self.store.records().flush().await.unwrap();
        let mut tx = self.store.read(&tenant(name)).await.unwrap();
        let filter = audit::Filter::default();
        tx.record_list(&filter, audit::Order::OldestFirst, None, 100_000)
            .await
            .unwrap()
            .entries
    }

    /// How the tenant's recorded calls ended, sorted.
    pub(crate) async fn endings(&self, name: &str) -> Vec<String> {
        let entries = self.records(name).await;
        let word = |entry: audit::Entry| match entry.code {
            Some(code) => format!("{} {code}", entry.disposition),
            None => entry.disposition,
        };
        let mut endings: Vec<_> = entries.into_iter().map(word).collect();
        endings.sort();
        endings
    }

    pub(crate) async fn verify(&self, name: &str) -> audit::Report {
        self.store.verify_audit(&tenant(name)).await.unwrap()
    }

    /// Asserts that the chain is whole and has so many records.
    pub(crate) async fn assert_whole(&self, name: &str, records: u64) {
        self.store.records().flush().await.unwrap();
        let report = self.verify(name).await;
        assert_eq!(
            (report.faults.as_slice(), report.records),
            (&[][..], records)
        );
    }

    /// Stops the store in good order.
    pub(crate) async fn close(self) {
        let Self {
            store, lifecycle, ..
        } = self;
        drop(store);
        assert_eq!(
            lifecycle.stop(Duration::from_secs(10)).await,
            Stopped::Drained,
            "the store ends in time"
        );
    }
}

/// A tenant by its short name.
pub(crate) fn tenant(name: &str) -> TenantId {
    TenantId::from_stored(name)
}

/// The principal that a tenant begins with.
pub(crate) fn principal(name: &str) -> Principal {
    named(name, "first")
}

/// A principal of a tenant.
pub(crate) fn named(tenant_name: &str, id: &str) -> Principal {
    Principal {
        tenant: tenant(tenant_name),
        id: PrincipalId::from_stored(id),
        kind: Kind::Service,
        issuer: "genkan:key".into(),
        subject: id.into(),
        role: Role::User,
    }
}

struct Nobody;

#[async_trait]
impl Caller for Nobody {
    async fn call_tool(&self, _name: &str, _arguments: Map<String, Value>) -> Result<ToolOutput> {
        Ok(ToolOutput::default())
    }
}
