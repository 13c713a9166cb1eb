//! Wrong lines over a stream.

use std::time::Duration;

use genkan_server::stream;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::{
    memory::Memory,
    mutate::{CORPUS, message},
    random::{Cases, Random},
};
use crate::fixture::House;

#[tokio::test]
async fn fuzz_every_line_is_answered_and_the_stream_ends() {
    let house = House::with(|settings| settings.drain = Duration::from_millis(50)).await;
    let mut memory = Memory::default();
    let mut cases = Cases::new(Duration::from_secs(20));
    while let Some(seed) = cases.next() {
        let said = timeout(Duration::from_secs(60), talk(&house, seed)).await;
        let said = said.unwrap_or_else(|_| panic!("it hangs, GENKAN_TEST_FUZZ_SEED={seed}"));
        for line in said.lines() {
            let judged = match serde_json::from_str::<Value>(line) {
                Ok(Value::Array(messages)) => messages.iter().try_for_each(super::check),
                Ok(message) => super::check(&message),
                Err(_) => Err(format!("no JSON: {line}")),
            };
            if let Err(fault) = judged {
                panic!("{fault}, GENKAN_TEST_FUZZ_SEED={seed}");
            }
        }
        memory.look(seed);
    }
}

/// Some lines to a new stream; what was said on it until its end.
async fn talk(house: &House, seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut lines = Vec::new();
    for _ in 0..=random.below(12) {
        match random.once_in(4) {
            true => lines.extend(random.one(&CORPUS).to_string().into_bytes()),
            false => lines.extend(message(&mut random)),
        }
        lines.push(b'\n');
    }
    let (client, server) = tokio::io::duplex(1 << 20);
    let (read, write) = tokio::io::split(server);
    let (mut hear, mut say) = tokio::io::split(client);
    let speaking = async {
        // The server may have ended before all is said.
        let _ = say.write_all(&lines).await;
        let _ = say.shutdown().await;
    };
    let mut said = String::new();
    let serving = stream::serve(&house.parts, house.peer(), read, write);
    let (served, (), heard) = tokio::join!(serving, speaking, hear.read_to_string(&mut said));
    served.unwrap();
    heard.unwrap();
    said
}
