//! Links records into the chains of one writer.

use std::{collections::HashMap, sync::Arc};

use genkan_core::{
    Clock, Random,
    digest::to_hex,
    id::{TenantId, WriterId},
    record::{Personal, Record},
};

use super::{Signer, encode::Encoder};

/// The end of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) hash: String,
}

impl Head {
    /// The beginning of a chain, before its first record.
    pub(super) fn beginning(tenant: &str, writer: &str) -> Self {
        let mut bytes = Encoder::default();
        bytes.text("genkan chain 1").text(tenant).text(writer);
        Self {
            seq: 0,
            hash: bytes.digest().to_hex(),
        }
    }
}

/// What the digest of a record covers, as the columns hold it.
///
/// The place in the chain (`seq`) is not among it: the digest before it already says which record
/// comes next, and a record that was moved is then told apart from one that was changed.
pub(super) struct Fields<'a> {
    pub(super) tenant: &'a str,
    pub(super) writer: &'a str,
    pub(super) id: &'a str,
    pub(super) started: i64,
    pub(super) duration_us: i64,
    pub(super) principal: Option<&'a str>,
    pub(super) door: &'a str,
    pub(super) operation: &'a str,
    pub(super) subject: Option<&'a str>,
    pub(super) stage: &'a str,
    pub(super) disposition: &'a str,
    pub(super) code: Option<&'a str>,
    pub(super) count: i64,
    pub(super) correlation_id: &'a str,
    pub(super) personal_digest: Option<&'a str>,
}

impl Fields<'_> {
    /// The digest of the record after the one whose digest is `prev`.
    pub(super) fn digest(&self, prev: &str, bytes: &mut Encoder) -> String {
        bytes
            .clear()
            .text("genkan record 1")
            .text(prev)
            .text(self.tenant)
            .text(self.writer)
            .text(self.id)
            .number(self.started)
            .number(self.duration_us)
            .optional(self.principal)
            .text(self.door)
            .text(self.operation)
            .optional(self.subject)
            .text(self.stage)
            .text(self.disposition)
            .optional(self.code)
            .number(self.count)
            .text(self.correlation_id)
            .optional(self.personal_digest);
        bytes.digest().to_hex()
    }
}

/// The digest that stands in the chain for what may name a person.
pub(super) fn personal_digest(
    salt: &str,
    arguments: Option<&str>,
    source: Option<&str>,
    bytes: &mut Encoder,
) -> String {
    bytes
        .clear()
        .text("genkan personal 1")
        .text(salt)
        .optional(arguments)
        .optional(source);
    bytes.digest().to_hex()
}

/// A record with its place in the chain, ready to be written.
pub(super) struct Row<'r> {
    pub(super) record: &'r Record,
    pub(super) seq: i64,
    pub(super) duration_us: i64,
    pub(super) salt: Option<String>,
    pub(super) personal_digest: Option<String>,
    pub(super) prev: String,
    pub(super) hash: String,
}

/// Rows to be written, and the heads of their chains once they are.
pub(crate) struct Staged<'r> {
    pub(super) rows: Vec<Row<'r>>,
    pub(crate) heads: Vec<(TenantId, Head)>,
}

/// The chains of one writer, of those tenants that one lane serves.
pub(crate) struct Chains {
    writer: WriterId,
    signer: Signer,
    random: Arc<dyn Random>,
    heads: HashMap<TenantId, Head>,
    bytes: Encoder,
    salts: Vec<u8>,
}

const SALT_BYTES: usize = 16;

impl Chains {
    pub(crate) fn new(writer: WriterId, signer: Signer, random: Arc<dyn Random>) -> Self {
        Self {
            writer,
            signer,
            random,
            heads: HashMap::new(),
            bytes: Encoder::default(),
            salts: Vec::new(),
        }
    }

    pub(crate) fn writer(&self) -> &WriterId {
        &self.writer
    }

    /// Leaves every chain where it is and begins others, under another name.
    pub(crate) fn begin_anew(&mut self, clock: &dyn Clock) {
        self.writer = WriterId::generate(clock, &*self.random);
        self.heads.clear();
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Links the records, which are sorted by tenant, to the present ends. Nothing moves until
    /// [`Chains::advance`] is told that they are durable.
    pub(crate) fn stage<'r>(&mut self, records: &[&'r Record]) -> Staged<'r> {
        self.salts.resize(records.len() * SALT_BYTES, 0);
        self.random.fill(&mut self.salts);
        let salts = std::mem::take(&mut self.salts);
        let mut staged = Staged {
            rows: Vec::with_capacity(records.len()),
            heads: Vec::new(),
        };
        for (record, salt) in records.iter().zip(salts.chunks_exact(SALT_BYTES)) {
            if staged
                .heads
                .last()
                .is_none_or(|(tenant, _)| *tenant != record.tenant)
            {
                staged
                    .heads
                    .push((record.tenant.clone(), self.head_of(&record.tenant)));
            }
            let Some((_, head)) = staged.heads.last_mut() else {
                continue;
            };
            let row = self.link(record, salt, head);
            *head = Head {
                seq: row.seq,
                hash: row.hash.clone(),
            };
            staged.rows.push(row);
        }
        self.salts = salts;
        staged
    }

    fn head_of(&self, tenant: &TenantId) -> Head {
        self.heads
            .get(tenant)
            .cloned()
            .unwrap_or_else(|| Head::beginning(tenant.as_str(), self.writer.as_str()))
    }

    fn link<'r>(&mut self, record: &'r Record, salt: &[u8], head: &Head) -> Row<'r> {
        let Personal { arguments, source } = &record.personal;
        let is_personal = arguments.is_some() || source.is_some();
        let salt = is_personal.then(|| to_hex(salt));
        let personal_digest = salt.as_deref().map(|salt| {
            personal_digest(
                salt,
                arguments.as_deref(),
                source.as_deref(),
                &mut self.bytes,
            )
        });
        let duration_us = i64::try_from(record.duration.as_micros()).unwrap_or(i64::MAX);
        let fields = Fields {
            tenant: record.tenant.as_str(),
            writer: self.writer.as_str(),
            id: record.id.as_str(),
            started: record.started.as_millis(),
            duration_us,
            principal: record.principal.as_ref().map(|id| id.as_str()),
            door: record.door.as_str(),
            operation: record.operation,
            subject: record.subject.as_deref(),
            stage: record.stage,
            disposition: record.disposition.as_str(),
            code: record.disposition.code().map(|code| code.as_str()),
            count: i64::from(record.count),
            correlation_id: record.correlation_id.as_str(),
            personal_digest: personal_digest.as_deref(),
        };
        let hash = fields.digest(&head.hash, &mut self.bytes);
        let prev = head.hash.clone();
        Row {
            record,
            seq: head.seq + 1,
            duration_us,
            salt,
            personal_digest,
            prev,
            hash,
        }
    }

    /// Takes the heads of records that are durable now.
    pub(crate) fn advance(&mut self, heads: Vec<(TenantId, Head)>) {
        self.heads.extend(heads);
    }
}
