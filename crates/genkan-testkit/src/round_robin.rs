//! A load balancer as plain as can be: each connection goes to the next of several servers.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// Stands before these servers until the test's runtime ends. Returns its own address.
pub async fn round_robin(servers: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        for server in servers.iter().cycle() {
            let (mut client, _) = listener.accept().await.unwrap();
            let server = server.clone();
            tokio::spawn(async move {
                let mut server = TcpStream::connect(server).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    address
}
