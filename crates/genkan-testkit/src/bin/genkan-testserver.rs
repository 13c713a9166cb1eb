//! The product with one toolset more: `test`, whose tools behave as tests need them.
//!
//! Doors, store, keys, settings and commands are those of `genkan`. `GENKAN_TEST_CRASH_POINT`
//! (`before_commit`, `after_commit`, `before_answer`) makes the process die in the middle of the
//! first write of a tool. `GENKAN_TEST_FIXTURES` adds the fixtures of the conformance suite and
//! more resources than fit on one page.
#![allow(clippy::disallowed_methods, reason = "a developer's program")]

use std::{process::ExitCode, sync::Arc};

use genkan::Additions;
use genkan_core::Toolset;
use genkan_store::CrashPoint;
use genkan_testkit::{PagesToolset, TestToolset, conformance::ConformanceToolset};

fn main() -> ExitCode {
    let crash_point = match std::env::var("GENKAN_TEST_CRASH_POINT").as_deref() {
        Ok("before_commit") => Some(CrashPoint::BeforeCommit),
        Ok("after_commit") => Some(CrashPoint::AfterCommit),
        Ok("before_answer") => Some(CrashPoint::BeforeAnswer),
        _ => None,
    };
    genkan::main(Additions {
        toolsets: Some(toolsets),
        background: Some(|| Box::pin(genkan_testkit::panic_when_told())),
        crash_point,
    })
}

fn toolsets() -> Vec<Arc<dyn Toolset>> {
    let mut toolsets: Vec<Arc<dyn Toolset>> = vec![Arc::new(TestToolset)];
    if std::env::var_os("GENKAN_TEST_FIXTURES").is_some() {
        toolsets.extend([
            Arc::new(ConformanceToolset) as _,
            Arc::new(PagesToolset) as _,
        ]);
    }
    toolsets
}
