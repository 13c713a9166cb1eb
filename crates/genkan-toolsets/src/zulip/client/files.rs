//! Files, as streams in both directions.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use genkan_core::{Code, Error, Result};
use genkan_http::{Body, Content, Request};
use http::{HeaderValue, Method};

use super::{Form, Identity, Zulip, fault};

/// A file to send.
pub struct Upload {
    /// Its name, as readers see it.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its content.
    pub content: BoxStream<'static, std::io::Result<Bytes>>,
}

impl Zulip {
    /// Sends a file and returns its address within the site, `/user_uploads/…`.
    pub async fn upload(&self, identity: &Identity, upload: Upload) -> Result<String> {
        let most = self.limits(identity).await?.file_mib << 20;
        if upload.size > most {
            let message = format!("the file has {} bytes; Zulip takes {most}", upload.size);
            return Err(Error::new(Code::TooLarge, message));
        }
        let mut random = [0; 24];
        self.random.fill(&mut random);
        let mark = URL_SAFE_NO_PAD.encode(random);
        let head = format!(
            "--{mark}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            quoted(&upload.name)
        );
        let end = format!("\r\n--{mark}--\r\n");
        let around = |text: String| stream::iter([Ok(Bytes::from(text))]);
        let content = around(head).chain(upload.content).chain(around(end));
        let kind = HeaderValue::try_from(format!("multipart/form-data; boundary={mark}"))
            .map_err(Error::internal)?;
        let request = Request::new(Method::POST, self.url(&["user_uploads"])?)?
            .content(kind, Content::Stream(content.boxed()));
        let told = self.once(identity, request).await?;
        // Servers of version 8 know `uri` alone.
        let address = told["url"].as_str().or_else(|| told["uri"].as_str());
        let address =
            address.ok_or_else(|| Error::new(Code::OutcomeUnknown, "Zulip told no address"))?;
        Ok(address.to_owned())
    }

    /// Opens a file at an address that [`Zulip::upload`] or a message gave, up to so many bytes.
    pub async fn download(&self, identity: &Identity, address: &str, most: u64) -> Result<Body> {
        let refuse = || {
            let message = format!("`{address}` is no file of this Zulip");
            Error::new(Code::InvalidArguments, message)
                .hint("Take an address such as /user_uploads/2/ab/notes.txt from a message.")
        };
        let place = address.strip_prefix(self.site.as_str()).unwrap_or(address);
        let place = place.trim_start_matches('/');
        let parts = place.strip_prefix("user_uploads/").ok_or_else(refuse)?;
        let decoded: Vec<_> = parts.split('/').map(decoded).collect();
        let mut path = vec!["user_uploads"];
        path.extend(decoded.iter().map(String::as_str));
        let told = self.get(identity, &path, Form::new()).await?;
        // An address that needs no key for a while, here or at a store of files.
        let temporary = told["url"]
            .as_str()
            .and_then(|url| self.site.join(url).ok());
        let temporary = temporary.ok_or_else(|| fault::foreign(http::StatusCode::OK))?;
        let request = Request::new(Method::GET, temporary)?.body_limit(most);
        let answer = self.http.send(request).await?;
        match answer.status.is_success() {
            true => Ok(answer.body),
            false => Err(fault::foreign(answer.status)),
        }
    }
}

/// A name inside quotes (HTML, multipart/form-data).
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part)
        .decode_utf8_lossy()
        .into_owned()
}
