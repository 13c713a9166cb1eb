//! A record as its row has it, for those who read and verify.

use super::{
    chain::{Fields, personal_digest},
    encode::Encoder,
};
use crate::db::row;

/// Every column, in the order of the table. One text for both databases.
macro_rules! select_records {
    ($rest:literal) => {
        concat!(
            "SELECT tenant, writer, seq, id, started, duration_us, principal, door, operation, subject, stage, ",
            "disposition, code, count, correlation_id, arguments, source, salt, personal_digest, prev, hash ",
            "FROM record ",
            $rest
        )
    };
}
pub(super) use select_records;

row! {
    pub(super) struct Row {
        pub(super) tenant: String,
        pub(super) writer: String,
        pub(super) seq: i64,
        pub(super) id: String,
        pub(super) started: i64,
        pub(super) duration_us: i64,
        pub(super) principal: Option<String>,
        pub(super) door: String,
        pub(super) operation: String,
        pub(super) subject: Option<String>,
        pub(super) stage: String,
        pub(super) disposition: String,
        pub(super) code: Option<String>,
        pub(super) count: i64,
        pub(super) correlation_id: String,
        pub(super) arguments: Option<String>,
        pub(super) source: Option<String>,
        pub(super) salt: Option<String>,
        pub(super) personal_digest: Option<String>,
        pub(super) prev: String,
        pub(super) hash: String,
    }
}

impl Row {
    /// Whether the row is as it was written, but for what was erased.
    pub(super) fn is_unchanged(&self, bytes: &mut Encoder) -> bool {
        let (arguments, source) = (self.arguments.as_deref(), self.source.as_deref());
        let personal_fits = match &self.salt {
            Some(salt) => {
                self.personal_digest.as_deref()
                    == Some(&*personal_digest(salt, arguments, source, bytes))
            }
            None => arguments.is_none() && source.is_none(),
        };
        personal_fits && self.digest(bytes) == self.hash
    }

    fn digest(&self, bytes: &mut Encoder) -> String {
        let fields = Fields {
            tenant: &self.tenant,
            writer: &self.writer,
            id: &self.id,
            started: self.started,
            duration_us: self.duration_us,
            principal: self.principal.as_deref(),
            door: &self.door,
            operation: &self.operation,
            subject: self.subject.as_deref(),
            stage: &self.stage,
            disposition: &self.disposition,
            code: self.code.as_deref(),
            count: self.count,
            correlation_id: &self.correlation_id,
            personal_digest: self.personal_digest.as_deref(),
        };
        fields.digest(&self.prev, bytes)
    }
}
