//! How every tool writes: once, alone in its tenant, with `global:default` in place.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use genkan_core::{CallContext, Result, Timestamp, id::uuid_v7};
use genkan_store::{
    Store, TenantTx,
    knowledge::{Defaults, Touched},
};

use super::watch;

/// Runs the effect, writes the record of the call with it, and tells those who watch. The effect may run again from the
/// start, so it gets its input anew each time, and ids are made before.
pub(crate) async fn write<A, T, F>(
    store: &Store,
    ctx: &CallContext,
    input: A,
    effect: F,
) -> Result<T>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
    F: for<'t> Fn(&'t mut TenantTx, Arc<A>, Timestamp) -> BoxFuture<'t, Result<T>>
        + Send
        + Sync
        + 'static,
{
    let defaults = Defaults {
        namespace: fresh_id(ctx),
        scope: fresh_id(ctx),
        now: ctx.clock.now(),
        author: ctx.principal.id.to_string(),
    };
    let before = watch::before(store, ctx).await;
    let shared = Arc::new((defaults, Arc::new(input), effect));
    let (answer, touched) = store
        .write(ctx, move |tx| run(tx, Arc::clone(&shared)))
        .await?;
    watch::tell(store, ctx, before, &touched).await;
    Ok(answer)
}

fn run<'t, A, T, F>(
    tx: &'t mut TenantTx,
    shared: Arc<(Defaults, Arc<A>, F)>,
) -> BoxFuture<'t, Result<(T, Vec<Touched>)>>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
    F: for<'a> Fn(&'a mut TenantTx, Arc<A>, Timestamp) -> BoxFuture<'a, Result<T>>
        + Send
        + Sync
        + 'static,
{
    Box::pin(async move {
        let (defaults, input, effect) = &*shared;
        tx.knowledge_begin(defaults).await?;
        let answer = effect(tx, Arc::clone(input), defaults.now).await?;
        Ok((answer, tx.knowledge_end().await?))
    })
}

/// A fresh id for a row of ours.
pub(crate) fn fresh_id(ctx: &CallContext) -> String {
    uuid_v7(&*ctx.clock, &*ctx.random)
}
