//! Certificates, and a client that believes in one of them alone.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

/// A certificate for `localhost` that signed itself, with its key, in PEM.
pub struct Pair {
    /// The certificate.
    pub cert: String,
    /// The key.
    pub key: String,
    der: CertificateDer<'static>,
}

impl Pair {
    /// One that is valid for a thousand years.
    pub fn new() -> Self {
        Self::until(3000)
    }

    /// One that is valid until the first day of this year.
    pub fn until(year: i32) -> Self {
        Self::signed(|params| params.not_after = date_time_ymd(year, 1, 1))
    }

    /// One that is valid for so many days more.
    pub fn for_days(days: u64) -> Self {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let end = Duration::from_secs(now + days * 24 * 60 * 60);
        Self::signed(|params| params.not_after = date_time_ymd(1970, 1, 1) + end)
    }

    fn signed(set: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(1999, 1, 1);
        set(&mut params);
        let key = KeyPair::generate().unwrap();
        let cert = params.self_signed(&key).unwrap();
        Self {
            cert: cert.pem(),
            key: key.serialize_pem(),
            der: cert.der().clone(),
        }
    }

    /// Writes both into a folder, as `cert.pem` and `key.pem`.
    pub fn write(&self, folder: &Path) {
        std::fs::write(folder.join("key.pem"), &self.key).unwrap();
        std::fs::write(folder.join("cert.pem"), &self.cert).unwrap();
    }

    /// Connects to whoever shows this certificate, and speaks this protocol.
    pub async fn connect(
        &self,
        address: &str,
        protocol: &str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let stream = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }

    /// `GET` over HTTP/2: the status and the body.
    pub async fn get(
        &self,
        address: &str,
        path: &str,
        key: Option<&str>,
    ) -> std::io::Result<(u16, String)> {
        let stream = self.connect(address, "h2").await?;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let handshake =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.map_err(std::io::Error::other)?;
        let driving = tokio::spawn(connection);
        let mut request = http::Request::get(format!("https://{address}{path}"));
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
        let answer = sender
            .send_request(request)
            .await
            .map_err(std::io::Error::other)?;
        assert_eq!(answer.version(), http::Version::HTTP_2);
        let status = answer.status().as_u16();
        let body = answer
            .into_body()
            .collect()
            .await
            .map_err(std::io::Error::other)?;
        drop(sender);
        driving.abort();
        Ok((status, String::from_utf8(body.to_bytes().to_vec()).unwrap()))
    }
}

impl Default for Pair {
    fn default() -> Self {
        Self::new()
    }
}
