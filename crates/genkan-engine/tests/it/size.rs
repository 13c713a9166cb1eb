//! The future of a call is moved around on every call, so that it must stay small.

use genkan_testkit::{TestApp, TestDb};
use serde_json::json;

#[tokio::test]
async fn the_future_of_a_call_is_small() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let future = app
        .engine
        .call(app.call("test_echo", json!({ "text": "x" })));
    let size = size_of_val(&future);
    assert!(size <= 8 * 1024, "the future of a call has {size} bytes");
}
