//! Verifies the chains of a tenant: nothing changed, removed, moved or cut off.

use std::collections::{BTreeMap, BTreeSet};

use genkan_core::{Result, id::TenantId};
use serde::Serialize;

use super::{
    Head, Signer,
    checkpoint::Listed,
    encode::Encoder,
    row::{Row, select_records},
};
use crate::{
    Store, TenantTx,
    db::{fetch_all, fetch_many, fetch_one, fetch_optional},
};

/// Rows read at a time.
const PAGE: i64 = 500;

/// Faults listed at most; after so many, more say nothing new.
const MOST_FAULTS: usize = 100;

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whose chains they are.
    pub tenant: TenantId,
    /// How many records there are.
    pub records: u64,
    /// How many runs of processes wrote them.
    pub writers: u64,
    /// How many checkpoints there are.
    pub checkpoints: u64,
    /// What is wrong, at most a hundred.
    pub faults: Vec<Fault>,
}

impl Report {
    /// Whether everything is as it was written.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

/// One thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What happened.
    pub kind: FaultKind,
    /// In whose chain; empty for a checkpoint.
    pub writer: String,
    /// Where: the place in the chain, or the number of the checkpoint.
    pub seq: i64,
    /// The execution at that place, if there is one.
    pub execution: Option<String>,
}

/// What happened to a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A record is not what was written.
    Changed,
    /// Records from this place on, up to the next one there is, are gone.
    Removed,
    /// A record stands where another one stood.
    Reordered,
    /// The chain ends before this place, and once was longer.
    CutOff,
    /// The signed end of the chain is missing, forged, or older than the chain.
    BadHead,
    /// A checkpoint is missing or forged.
    BadCheckpoint,
}

impl FaultKind {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Reordered => "reordered",
            Self::CutOff => "cut_off",
            Self::BadHead => "bad_head",
            Self::BadCheckpoint => "bad_checkpoint",
        }
    }
}

impl Store {
    /// Verifies every chain and checkpoint of a tenant, on one state of the store.
    pub async fn verify_audit(&self, tenant: &TenantId) -> Result<Report> {
        let mut tx = self.read(tenant).await?;
        Verification::new(&mut tx, self.signer()).run().await
    }
}

struct Verification<'a> {
    tx: &'a mut TenantTx,
    signer: &'a Signer,
    tenant: TenantId,
    bytes: Encoder,
    report: Report,
}

/// How far the walk along one chain has come.
struct Walk {
    writer: String,
    last_seq: i64,
    last_hash: String,
}

impl<'a> Verification<'a> {
    fn new(tx: &'a mut TenantTx, signer: &'a Signer) -> Self {
        let tenant = tx.tenant().clone();
        let report = Report {
            tenant: tenant.clone(),
            records: 0,
            writers: 0,
            checkpoints: 0,
            faults: Vec::new(),
        };
        Self {
            tx,
            signer,
            tenant,
            bytes: Encoder::default(),
            report,
        }
    }

    async fn run(mut self) -> Result<Report> {
        let listed = self.checkpoints().await?;
        let mut writers = self.writers().await?;
        writers.extend(listed.keys().cloned());
        for writer in writers {
            self.report.writers += 1;
            let listed = listed.get(&writer);
            self.chain(writer, listed).await?;
        }
        Ok(self.report)
    }

    fn fault(&mut self, kind: FaultKind, writer: &str, seq: i64, execution: Option<&str>) {
        if self.report.faults.len() < MOST_FAULTS {
            let (writer, execution) = (writer.to_owned(), execution.map(str::to_owned));
            self.report.faults.push(Fault {
                kind,
                writer,
                seq,
                execution,
            });
        }
    }

    /// Verifies the checkpoints and returns the last head that they list of each chain.
    async fn checkpoints(&mut self) -> Result<BTreeMap<String, Head>> {
        let mut listed = BTreeMap::new();
        let (mut last_seq, mut last_mac) = (0_i64, String::new());
        loop {
            let rows: Vec<(i64, i64, String, String, String)> = fetch_all!(
                self.tx,
                "SELECT seq, made, heads, prev, mac FROM checkpoint WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3",
                self.tenant.as_str(),
                last_seq,
                PAGE,
            )?;
            if rows.is_empty() {
                return Ok(listed);
            }
            for (seq, made, heads, prev, mac) in rows {
                self.report.checkpoints += 1;
                let is_signed =
                    self.signer
                        .checkpoint(self.tenant.as_str(), seq, made, &heads, &prev)
                        == mac;
                if !is_signed || seq != last_seq + 1 || prev != last_mac {
                    self.fault(FaultKind::BadCheckpoint, "", seq, None);
                }
                let heads: Vec<Listed> = serde_json::from_str(&heads).unwrap_or_default();
                if is_signed {
                    listed.extend(heads.into_iter().map(|head| {
                        (
                            head.writer,
                            Head {
                                seq: head.seq,
                                hash: head.hash,
                            },
                        )
                    }));
                }
                (last_seq, last_mac) = (seq, mac);
            }
        }
    }

    /// Everyone with a head or with records, one by one along the key.
    async fn writers(&mut self) -> Result<BTreeSet<String>> {
        let tenant = self.tenant.as_str();
        let heads: Vec<(String,)> =
            fetch_all!(self.tx, "SELECT writer FROM head WHERE tenant = $1", tenant)?;
        let mut writers: BTreeSet<String> = heads.into_iter().map(|(writer,)| writer).collect();
        let mut last = String::new();
        loop {
            let sql = "SELECT min(writer) FROM record WHERE tenant = $1 AND writer > $2";
            let (next,): (Option<String>,) = fetch_one!(self.tx, sql, tenant, last.as_str())?;
            let Some(next) = next else { return Ok(writers) };
            writers.insert(next.clone());
            last = next;
        }
    }

    async fn chain(&mut self, writer: String, listed: Option<&Head>) -> Result<()> {
        let beginning = Head::beginning(self.tenant.as_str(), &writer);
        let mut walk = Walk {
            writer,
            last_seq: 0,
            last_hash: beginning.hash,
        };
        loop {
            let rows: Vec<Row> = fetch_many!(
                self.tx,
                select_records!(
                    "WHERE tenant = $1 AND writer = $2 AND seq > $3 ORDER BY seq LIMIT $4"
                ),
                self.tenant.as_str(),
                walk.writer.as_str(),
                walk.last_seq,
                PAGE,
            )?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                self.record(&mut walk, row, listed).await?;
            }
        }
        self.end(&walk, listed).await
    }

    async fn record(&mut self, walk: &mut Walk, row: Row, listed: Option<&Head>) -> Result<()> {
        self.report.records += 1;
        let is_next = row.seq == walk.last_seq + 1;
        if !is_next {
            self.fault(FaultKind::Removed, &walk.writer, walk.last_seq + 1, None);
        }
        if !row.is_unchanged(&mut self.bytes) {
            self.fault(FaultKind::Changed, &walk.writer, row.seq, Some(&row.id));
        } else if is_next && row.prev != walk.last_hash {
            // It is whole, yet does not follow the one before it: either it was moved here, or the
            // one before it was written anew.
            if self.exists(&walk.writer, &row.prev).await?
                || row.prev == self.beginning_of(&walk.writer)
            {
                self.fault(FaultKind::Reordered, &walk.writer, row.seq, Some(&row.id));
            } else {
                self.fault(FaultKind::Changed, &walk.writer, walk.last_seq.max(1), None);
            }
        }
        if listed.is_some_and(|head| head.seq == row.seq && head.hash != row.hash) {
            self.fault(FaultKind::Changed, &walk.writer, row.seq, Some(&row.id));
        }
        (walk.last_seq, walk.last_hash) = (row.seq, row.hash);
        Ok(())
    }

    fn beginning_of(&self, writer: &str) -> String {
        Head::beginning(self.tenant.as_str(), writer).hash
    }

    async fn exists(&mut self, writer: &str, hash: &str) -> Result<bool> {
        if self.report.faults.len() >= MOST_FAULTS {
            return Ok(true);
        }
        // Walks the chain, but only for the first hundred faults.
        let sql = "SELECT seq FROM record WHERE tenant = $1 AND writer = $2 AND hash = $3 LIMIT 1";
        let found: Option<(i64,)> =
            fetch_optional!(self.tx, sql, self.tenant.as_str(), writer, hash)?;
        Ok(found.is_some())
    }

    /// Compares the end of the chain with its signed head and with the checkpoints.
    async fn end(&mut self, walk: &Walk, listed: Option<&Head>) -> Result<()> {
        let sql = "SELECT seq, hash, mac FROM head WHERE tenant = $1 AND writer = $2";
        let head: Option<(i64, String, String)> =
            fetch_optional!(self.tx, sql, self.tenant.as_str(), walk.writer.as_str())?;
        let head = head.filter(|(seq, hash, mac)| {
            self.signer
                .head(self.tenant.as_str(), &walk.writer, *seq, hash)
                == *mac
        });
        let signed_seq = head.as_ref().map_or(0, |(seq, ..)| *seq);
        let once = signed_seq.max(listed.map_or(0, |head| head.seq));
        if walk.last_seq < once {
            self.fault(FaultKind::CutOff, &walk.writer, walk.last_seq + 1, None);
        }
        match head {
            Some((seq, hash, _)) if seq == walk.last_seq => {
                if hash != walk.last_hash {
                    self.fault(FaultKind::Changed, &walk.writer, seq, None);
                }
            }
            Some((seq, ..)) if seq > walk.last_seq => {}
            Some(_) | None => self.fault(FaultKind::BadHead, &walk.writer, walk.last_seq, None),
        }
        Ok(())
    }
}
