//! How connections are opened.

use tokio::net::TcpListener;

use super::*;

#[tokio::test]
async fn small_requests_do_not_wait_for_more() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stream = tcp(&[address.ip()], address.port()).await.unwrap();
    assert!(stream.nodelay().unwrap(), "TCP_NODELAY is set");
}
