//! TLS: rustls over aws-lc-rs, the public roots, and those that settings add.

use std::sync::Arc;

use genkan_core::{Code, Error, Result};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_rustls::TlsConnector;

/// A connector that trusts the public roots and these (PEM).
pub(crate) fn connector(extra_roots: &[u8]) -> Result<TlsConnector> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let public = roots.len();
    for certificate in CertificateDer::pem_slice_iter(extra_roots) {
        let certificate = certificate.map_err(unusable)?;
        roots.add(certificate).map_err(unusable)?;
    }
    if roots.len() == public && !extra_roots.is_empty() {
        return Err(unusable(std::io::Error::other(
            "there is no certificate in it",
        )));
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

fn unusable(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(
        Code::ConfigInvalid,
        "the file of further certificates holds something else",
    )
    .hint("Give certificates of authorities in PEM form as `http.ca_file`.")
    .source(cause)
}
