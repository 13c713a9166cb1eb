//! What the settings of knowledge do, seen from outside.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::binary::{Binary, Server, call, entry, genkan};

/// How long entries may take to be embedded; far longer than they do.
const PATIENCE: Duration = Duration::from_secs(120);

/// The ids that a query finds.
fn found(server: &Server, key: &str, query: &str) -> Vec<Value> {
    let wish = json!({"scope": "global:default", "queries": [query]});
    let answer = server.mcp(key, "tools/call", call("knowledge_get_task_context", wish));
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    let ranking = &answer["result"]["structuredContent"]["ranking"];
    ranking
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"))
        .clone()
}

fn write(server: &Server, key: &str, content: &str) {
    let write = call("knowledge_write_knowledge", entry(content));
    assert_eq!(server.mcp(key, "tools/call", write).status, 200);
}

/// Waits until a query finds something.
fn is_found_at_last(server: &Server, key: &str, query: &str) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if !found(server, key, query).is_empty() {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

/// A model of four words, of which two mean alike.
fn make_model(folder: &Path) {
    let vocabulary = json!({"[UNK]": 0, "lighthouse": 1, "beacon": 2, "invoice": 3});
    let tokenizer = json!({"model": {"type": "WordPiece", "vocab": vocabulary}});
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("tokenizer.json"), tokenizer.to_string()).unwrap();
    let numbers = [0.0_f32, 0.0, 1.0, 0.0, 0.9, 0.1, 0.0, 1.0];
    let numbers: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    let tensor = json!({"dtype": "F32", "shape": [4, 2], "data_offsets": [0, 32]});
    let header = json!({"embeddings": tensor}).to_string();
    let length = (header.len() as u64).to_le_bytes();
    let file = [&length, header.as_bytes(), &numbers].concat();
    fs::write(folder.join("model.safetensors"), file).unwrap();
}

#[test]
fn knowledge_semantic_finds_slips_of_the_pen_only_when_it_is_on() {
    let binary = genkan();
    let server = binary.serve();
    let key = server.admin_key();
    write(&server, &key, "Lighthouses.");
    assert!(found(&server, &key, "lighthuose").is_empty());
    server.terminate();
    let binary = binary.variable("GENKAN_KNOWLEDGE__SEMANTIC", "ngrams");
    let server = binary.serve();
    assert!(
        is_found_at_last(&server, &key, "lighthuose"),
        "also what was written before"
    );
}

#[test]
fn knowledge_model_folder_finds_what_means_alike() {
    let binary = genkan().variable("GENKAN_KNOWLEDGE__SEMANTIC", "model");
    let folder = binary.root().join("model");
    make_model(&folder);
    let binary = binary.variable("GENKAN_KNOWLEDGE__MODEL_FOLDER", folder.to_str().unwrap());
    let server = binary.serve();
    let key = server.admin_key();
    write(&server, &key, "lighthouse");
    assert!(is_found_at_last(&server, &key, "beacon"));
    assert!(found(&server, &key, "invoice").is_empty());
}

#[test]
fn a_model_that_cannot_be_used_is_named_at_the_start() {
    let binary = || genkan().variable("GENKAN_KNOWLEDGE__SEMANTIC", "model");
    let refused = |binary: Binary, says: &str| {
        let ended = binary.run(["tools", "list"]);
        assert_eq!(ended.code, Some(2), "{says}");
        assert!(ended.err.contains(says), "{}", ended.err);
    };
    refused(binary(), "`knowledge.model_folder` is not set");
    let with = |name: &str| {
        let binary = binary();
        let folder = binary.root().join(name);
        let text = folder.to_str().unwrap().to_owned();
        (
            binary.variable("GENKAN_KNOWLEDGE__MODEL_FOLDER", &text),
            folder,
        )
    };
    refused(with("none").0, "`tokenizer.json`");
    let (binary, folder) = with("broken");
    make_model(&folder);
    fs::write(folder.join("model.safetensors"), "no numbers").unwrap();
    refused(binary, "`model.safetensors`");
    let (binary, folder) = with("folder");
    fs::create_dir_all(folder.join("tokenizer.json")).unwrap();
    refused(binary, "`tokenizer.json` is no file");
    let (binary, folder) = with("large");
    make_model(&folder);
    let file = fs::File::options()
        .write(true)
        .open(folder.join("model.safetensors"));
    file.unwrap().set_len((512 << 20) + 1).unwrap();
    refused(binary, "larger than 512 MiB");
}
