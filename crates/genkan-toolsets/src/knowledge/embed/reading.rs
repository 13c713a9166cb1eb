//! Has an embedder read what was written: in the background, some entries at a time, so that a write
//! takes no longer than without. It also reads what was there before the embedder was, and reads anew
//! what another embedder read.

use std::{sync::Arc, time::Duration};

use genkan_core::{Clock, Error, Result, lifecycle::Lifecycle};
use genkan_store::{
    Store,
    knowledge::{NewVector, Unread},
};
use tracing::warn;

use super::{CHARACTERS, Embedder, Vector};

/// How many entries are read at a time.
const TOGETHER: i64 = 100;
/// How long to wait when everything is read, at least.
const PAUSE: Duration = Duration::from_millis(500);
/// To look takes the longer the more entries there are; so small a part of the time is spent on it.
const SHARE: u32 = 50;

/// Goes over all entries again and again, and has those read that have not been.
pub struct Reading {
    store: Store,
    embedder: Arc<dyn Embedder>,
    /// The tenant and the id of the last entry that was read in this round.
    last: (String, String),
}

impl Reading {
    /// At its beginning.
    pub fn new(store: Store, embedder: Arc<dyn Embedder>) -> Self {
        Self {
            store,
            embedder,
            last: Default::default(),
        }
    }

    /// Goes on until the lifecycle stops.
    pub fn keep_on(mut self, clock: Arc<dyn Clock>, lifecycle: &Lifecycle) {
        let stop = lifecycle.soft_stop().clone();
        lifecycle.start("knowledge.embed", async move {
            while !stop.is_cancelled() {
                let begun = clock.monotonic();
                let read = self.some().await;
                let took = clock.monotonic().saturating_duration_since(begun);
                let pause = match read {
                    // Others get as much of a processor as this does.
                    Ok(read) if read > 0 => took,
                    Ok(_) => PAUSE.max(took * SHARE),
                    Err(error) => {
                        warn!(%error, "entries could not be embedded; trying later");
                        PAUSE.max(took * SHARE)
                    }
                };
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = stop.cancelled() => {}
                }
            }
        });
    }

    /// Has the next entries of one tenant read; returns how many there were. None is the end of a
    /// round: the next time begins at the beginning.
    pub async fn some(&mut self) -> Result<usize> {
        let mut unread = self.unread().await?;
        let Some(tenant) = unread.first().map(|first| first.tenant.clone()) else {
            self.last = Default::default();
            return Ok(0);
        };
        unread.retain(|one| one.tenant == tenant);
        let last = unread.last().map(|last| last.id.clone());
        let reader = Arc::clone(&self.embedder);
        let read =
            move || -> Vec<NewVector> { unread.iter().map(|one| vector(&*reader, one)).collect() };
        let vectors = tokio::task::spawn_blocking(read)
            .await
            .map_err(Error::internal)?;
        let count = vectors.len();
        self.put(tenant.clone(), vectors).await?;
        self.last = (tenant, last.unwrap_or_default());
        Ok(count)
    }

    async fn unread(&self) -> Result<Vec<Unread>> {
        let characters = i64::try_from(CHARACTERS).unwrap_or(i64::MAX);
        let after = (self.last.0.as_str(), self.last.1.as_str());
        let mut tx = self.store.system_read().await?;
        tx.knowledge_unread(self.embedder.name(), after, characters, TOGETHER)
            .await
    }

    async fn put(&self, tenant: String, vectors: Vec<NewVector>) -> Result<()> {
        let made = Arc::new((tenant, self.embedder.name().to_owned(), vectors));
        self.store
            .system_write(move |tx| {
                let made = Arc::clone(&made);
                Box::pin(async move {
                    let (tenant, name, vectors) = &*made;
                    tx.knowledge_put_vectors(tenant, name, vectors).await
                })
            })
            .await
    }
}

/// An entry that says nothing to the embedder has an empty vector, or it would be read forever.
fn vector(embedder: &dyn Embedder, unread: &Unread) -> NewVector {
    let text = format!("{}\n{}", unread.context, unread.content);
    let vector = Vector::of(&embedder.embed(&text));
    NewVector {
        entry: unread.id.clone(),
        scope: unread.scope.clone(),
        updated: unread.updated,
        vector: vector.map_or_else(String::new, |vector| vector.written()),
    }
}
