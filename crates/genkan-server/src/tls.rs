//! TLS at the HTTP door: one certificate for all names, which can be replaced under open doors.
//!
//! A certificate is looked at before it is used: that it parses, that the key belongs to it, that its
//! time is not over. Only TLS 1.2 and 1.3, no certificates of clients.

mod validity;

use std::{fmt, sync::Arc};

use genkan_core::{Clock, Code, Error, Live, Result, Timestamp};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use tokio_rustls::TlsAcceptor;

/// What a client may choose to speak, the best first (RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// A certificate chain with its key, found to be usable.
#[derive(Clone)]
pub struct Certificate {
    key: Arc<CertifiedKey>,
    expires: Timestamp,
}

impl Certificate {
    /// Reads a chain, the server's own certificate first, and its key, both in PEM.
    ///
    /// # Errors
    /// `tls_unusable`: no PEM, another certificate's key, or a certificate whose time is over.
    pub fn read(chain: &[u8], key: &[u8], clock: &dyn Clock) -> Result<Self> {
        let chain =
            CertificateDer::pem_slice_iter(chain).collect::<std::result::Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| unusable(format!("`tls.cert` is not PEM: {error}")))?;
        let Some(own) = chain.first() else {
            return Err(unusable("`tls.cert` holds no certificate"));
        };
        let expires = validity::end(own)
            .ok_or_else(|| unusable("`tls.cert` holds something else than a certificate"))?;
        // What is wrong with a key is not told in its own words.
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| unusable("`tls.key` holds no private key in PEM"))?;
        let key = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .map_err(|error| unusable(format!("`tls.key` does not go with `tls.cert`: {error}")))?;
        if expires <= clock.now() {
            return Err(unusable(format!(
                "the certificate of `tls.cert` expired at {expires}"
            ))
            .hint("Renew it; the files are read again when they change."));
        }
        let key = Arc::new(key);
        Ok(Self { key, expires })
    }

    /// When its time is over.
    pub fn expires(&self) -> Timestamp {
        self.expires
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate(until {})", self.expires)
    }
}

/// The TLS of the doors. Clones share the certificate.
#[derive(Clone, Debug)]
pub struct Tls(Live<Certificate>);

impl Tls {
    /// TLS with this certificate.
    pub fn new(certificate: Certificate) -> Self {
        Self(Live::new(certificate))
    }

    /// Shows another certificate from the next connection on.
    pub fn set(&self, certificate: Certificate) {
        self.0.set(certificate);
    }

    /// When the time of the present certificate is over.
    pub fn expires(&self) -> Timestamp {
        self.0.get().expires
    }

    /// What begins connections.
    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(Error::internal)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(self.clone()));
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl ResolvesServerCert for Tls {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.get().key))
    }
}

fn unusable(message: impl Into<String>) -> Error {
    Error::new(Code::TlsUnusable, message.into())
}
