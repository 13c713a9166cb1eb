//! The rows of a store, as `genkan backup --dump` writes them.

use std::collections::HashMap;

use genkan_testkit::binary::Binary;
use serde_json::{Map, Value};

/// Every table with its rows, by the names of their columns.
pub(crate) struct Dump(HashMap<String, Vec<Map<String, Value>>>);

impl Dump {
    pub(crate) fn of(binary: &Binary) -> Self {
        let path = binary
            .root()
            .join(format!("{}.jsonl", uuid::Uuid::new_v4()));
        let words: [&std::ffi::OsStr; 3] = ["backup".as_ref(), path.as_ref(), "--dump".as_ref()];
        binary.run(words).ok();
        let text = std::fs::read_to_string(path).unwrap();
        let mut tables = HashMap::<String, Vec<_>>::new();
        let (mut table, mut columns) = (String::new(), Vec::new());
        for line in text.lines() {
            match serde_json::from_str(line).unwrap() {
                Value::Array(row) => {
                    let row = columns.iter().cloned().zip(row).collect();
                    tables.entry(table.clone()).or_default().push(row);
                }
                Value::Object(head) if head.contains_key("table") => {
                    table = head["table"].as_str().unwrap().to_owned();
                    columns = serde_json::from_value(head["columns"].clone()).unwrap();
                }
                _ => {}
            }
        }
        Self(tables)
    }

    /// The rows of a table.
    pub(crate) fn rows(&self, table: &str) -> &[Map<String, Value>] {
        self.0.get(table).map_or(&[], Vec::as_slice)
    }

    /// The texts of all knowledge entries, in order.
    pub(crate) fn contents(&self) -> Vec<String> {
        let mut contents: Vec<_> = self
            .rows("knowledge_entry")
            .iter()
            .map(|row| row["content"].as_str().unwrap().to_owned())
            .collect();
        contents.sort_unstable();
        contents
    }

    /// The correlation ids of the records of calls of this tool that ended well, in order.
    pub(crate) fn recorded(&self, tool: &str) -> Vec<String> {
        let mut ids: Vec<_> = self
            .rows("record")
            .iter()
            .filter(|row| row["subject"] == tool && row["disposition"] == "ok")
            .map(|row| row["correlation_id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort_unstable();
        ids
    }
}
