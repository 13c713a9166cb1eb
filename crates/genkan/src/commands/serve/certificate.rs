//! The certificate of the server, from its files: at start, and again whenever they change.

use std::{fs, path::Path, sync::Arc, time::Duration};

use genkan_core::{Clock, Code, Error, Result, lifecycle::Lifecycle};
use genkan_server::{Certificate, Tls};
use metrics::{counter, describe_counter, describe_gauge, gauge};
use tracing::{error, info, warn};

use crate::settings::{Look, TlsFiles, Watch};

/// How often the files are looked at.
const EVERY: Duration = Duration::from_millis(700);
/// How long before its end a certificate is worth a warning.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How often changed certificates were read, by what became of them.
const RELOADS: &str = "genkan_tls_reloads_total";
/// When the certificate in use expires.
const EXPIRES: &str = "genkan_tls_certificate_expires_timestamp_seconds";

/// Reads a pair of files.
pub(crate) fn read(files: &TlsFiles, clock: &dyn Clock) -> Result<Certificate> {
    let (chain, key) = (bytes(&files.cert)?, bytes(&files.key)?);
    Certificate::read(&chain, &key, clock)
}

/// Whether a certificate expires within two weeks.
pub(crate) fn ends_soon(certificate: &Certificate, clock: &dyn Clock) -> bool {
    certificate.expires() <= clock.now().plus(SOON)
}

fn bytes(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", file.display());
        Error::new(Code::TlsUnusable, message)
            .hint("`tls.cert` and `tls.key` name files that the user who runs Genkan can read.")
            .source(error)
    })
}

/// A pair of files that is looked after.
pub(super) struct Kept {
    pub(super) tls: Tls,
    files: TlsFiles,
    watch: Watch,
    clock: Arc<dyn Clock>,
    is_told: bool,
}

impl Kept {
    /// Reads the files, which must be right.
    pub(super) fn new(files: TlsFiles, clock: Arc<dyn Clock>) -> Result<Self> {
        let watch = Watch::new(look(&files));
        let tls = Tls::new(read(&files, &*clock)?);
        Ok(Self {
            tls,
            files,
            watch,
            clock,
            is_told: false,
        })
    }

    /// Begins to look after them.
    pub(super) fn start(mut self, lifecycle: &Lifecycle) {
        describe_counter!(
            RELOADS,
            "Changed certificates that were read, by `result` (applied, rejected)"
        );
        describe_gauge!(EXPIRES, "When the certificate in use expires, in Unix time");
        self.show();
        let stop = lifecycle.soft_stop().clone();
        let mut ticks = tokio::time::interval(EVERY);
        lifecycle.start("certificate", async move {
            while stop.run_until_cancelled(ticks.tick()).await.is_some() {
                if self.watch.is_new(look(&self.files)) {
                    self.change();
                }
                self.warn();
            }
        });
    }

    fn change(&mut self) {
        let word = match read(&self.files, &*self.clock) {
            Ok(new) => {
                info!(
                    "showing the new certificate, which is valid until {}",
                    new.expires()
                );
                self.tls.set(new);
                self.is_told = false;
                self.show();
                "applied"
            }
            Err(error) => {
                error!(
                    code = error.code().as_str(),
                    hint = error.hint_text(),
                    "the changed certificate cannot be used, and the old one stays in use: {}",
                    error.message()
                );
                "rejected"
            }
        };
        counter!(RELOADS, "result" => word).increment(1);
    }

    /// Tells once that the certificate in use ends soon, or did.
    fn warn(&mut self) {
        let expires = self.tls.expires();
        if !self.is_told && expires <= self.clock.now().plus(SOON) {
            self.is_told = true;
            warn!("the certificate in use expires at {expires}; renew it");
        }
    }

    fn show(&self) {
        #[allow(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
        gauge!(EXPIRES).set(self.tls.expires().as_millis() as f64 / 1_000.0);
    }
}

fn look(files: &TlsFiles) -> Look {
    Look::at([files.cert.clone(), files.key.clone()])
}
