//! Files: sent as a form with parts, fetched through an address that needs no key for a while.

use serde_json::json;

use super::{Call, Told};
use crate::zulip::{
    Generation,
    realm::{MOST_FILE, Realm, Upload},
    refusal::Refusal,
};

pub(super) fn upload(realm: &mut Realm, call: &Call<'_>) -> Told {
    let boundary = call
        .kind
        .strip_prefix("multipart/form-data")
        .and_then(|rest| {
            rest.split("boundary=")
                .nth(1)
                .map(|boundary| boundary.trim_matches('"'))
        });
    let part = boundary.and_then(|boundary| first_part(call.content, boundary));
    let Some((head, content)) = part else {
        return Err(Refusal::bad("You must specify a file to upload"));
    };
    if content.len() > MOST_FILE {
        let message = format!(
            "Uploaded file is larger than the allowed limit of {} MiB",
            MOST_FILE >> 20
        );
        return Err(Refusal::bad(message));
    }
    let named = |name: &str| {
        let rest = head.split(&format!("{name}=\"")).nth(1)?;
        rest.split('"').next().map(str::to_owned)
    };
    let filename =
        named("filename").ok_or_else(|| Refusal::bad("You may only upload one file at a time"))?;
    let kind = head.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("content-type:")
            .map(|kind| kind.trim().to_owned())
    });
    let place = format!("{}/{}", realm.fresh_id(), plain(&filename));
    let upload = Upload {
        content: content.to_vec(),
        kind: kind.unwrap_or_else(|| "application/octet-stream".to_owned()),
    };
    realm.uploads.insert(place.clone(), upload);
    let address = format!("/user_uploads/2/{place}");
    Ok(match realm.generation {
        Generation::Eight => json!({ "uri": address }),
        Generation::Ten | Generation::Eleven => {
            json!({ "uri": address, "url": address, "filename": filename })
        }
    })
}

/// Head and content of the first part.
fn first_part<'a>(body: &'a [u8], boundary: &str) -> Option<(String, &'a [u8])> {
    let find =
        |text: &[u8], what: &[u8]| text.windows(what.len()).position(|window| window == what);
    let mark = format!("--{boundary}");
    let body = &body[find(body, mark.as_bytes())? + mark.len()..];
    let end_of_head = find(body, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&body[..end_of_head]).into_owned();
    let content = &body[end_of_head + 4..];
    let end = find(content, format!("\r\n{mark}").as_bytes())?;
    Some((head, &content[..end]))
}

pub(super) fn address(realm: &Realm, file: &str) -> Told {
    match realm.uploads.contains_key(file) {
        true => Ok(json!({ "url": format!("/user_uploads/temporary/{file}") })),
        false => Err(Refusal::new(404, "BAD_REQUEST", "File not found.")),
    }
}

/// A name as it stands in addresses: without marks, and with a dash for white space.
fn plain(name: &str) -> String {
    let kept = name
        .chars()
        .filter(|c| c.is_alphanumeric() || c.is_whitespace() || "_.-".contains(*c));
    let words: String = kept.map(|c| if c == '-' { ' ' } else { c }).collect();
    words.split_whitespace().collect::<Vec<_>>().join("-")
}
