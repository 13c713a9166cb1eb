//! What the client can read: JSON, a stream of events, or both (RFC 9110 §12.5.1).

use genkan_core::{Code, Error, Result};
use http::{HeaderMap, header::ACCEPT};

/// The forms of an answer that the client accepts; at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accept {
    pub(crate) json: bool,
    pub(crate) events: bool,
}

/// What nearly every client of MCP sends.
const USUAL: &str = "application/json, text/event-stream";

impl Accept {
    /// Reads the `Accept` headers. The specification wants both forms listed; clients that list
    /// one, or `*/*`, or nothing, are served in a form that they can read.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self> {
        if Self::is_usual(headers) {
            return Ok(Self {
                json: true,
                events: true,
            });
        }
        let mut accept = Self {
            json: false,
            events: false,
        };
        let mut any = false;
        for value in headers.get_all(ACCEPT) {
            any = true;
            let Ok(text) = value.to_str() else { continue };
            text.split(',').for_each(|range| accept.add(range));
        }
        match accept {
            _ if !any => Ok(Self {
                json: true,
                events: true,
            }),
            Self {
                json: false,
                events: false,
            } => Err(Error::new(
                Code::NotAcceptable,
                "the header `Accept` names neither `application/json` nor `text/event-stream`",
            )),
            accept => Ok(accept),
        }
    }

    /// Whether there is one header and it says what clients of MCP usually say: both forms.
    fn is_usual(headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(ACCEPT).iter();
        values.next().is_some_and(|value| value == USUAL) && values.next().is_none()
    }

    /// Whether the headers name both forms, as they must (MCP 2026-07-28 transports, sending
    /// messages).
    pub(crate) fn names_both(headers: &HeaderMap) -> bool {
        let named = |form: &str| {
            let values = headers.get_all(ACCEPT).iter();
            let mut texts = values.filter_map(|value| value.to_str().ok());
            texts.any(|text| {
                let bytes = text.as_bytes().windows(form.len());
                text.contains(form)
                    || bytes
                        .into_iter()
                        .any(|part| part.eq_ignore_ascii_case(form.as_bytes()))
            })
        };
        Self::is_usual(headers) || (named("application/json") && named("text/event-stream"))
    }

    fn add(&mut self, range: &str) {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let refused = parts.any(|parameter| {
            parameter
                .strip_prefix("q=")
                .or_else(|| parameter.strip_prefix("Q="))
                .is_some_and(|weight| weight.trim_end_matches(['0', '.']).is_empty())
        });
        if refused {
            return;
        }
        let is = |names: [&str; 3]| names.iter().any(|name| name.eq_ignore_ascii_case(kind));
        self.json |= is(["application/json", "application/*", "*/*"]);
        self.events |= is(["text/event-stream", "text/*", "*/*"]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reading_never_panics(text in "[a-z*/;,=q.0 ]{0,60}") {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, text.parse().unwrap());
            if let Ok(accept) = Accept::read(&headers) {
                prop_assert!(accept.json || accept.events);
            }
        }
    }

    #[test]
    fn what_is_usual_is_read_as_such() {
        let mut headers = HeaderMap::new();
        assert!(!Accept::is_usual(&headers));
        headers.insert(ACCEPT, USUAL.parse().unwrap());
        let read = Accept::read(&headers).unwrap();
        assert!(Accept::is_usual(&headers) && Accept::names_both(&headers));
        assert!(read.json && read.events);
        headers.append(ACCEPT, "text/html".parse().unwrap());
        assert!(!Accept::is_usual(&headers));
    }

    #[test]
    fn forms_are_read() {
        let table = [
            ("application/json, text/event-stream", Some((true, true))),
            (
                "Application/JSON;charset=utf-8 , TEXT/event-stream;q=0.5",
                Some((true, true)),
            ),
            ("*/*", Some((true, true))),
            ("application/json", Some((true, false))),
            ("text/event-stream", Some((false, true))),
            ("application/json;q=0, */*;q=0.1", Some((true, true))),
            (
                "text/event-stream, application/json;q=0.0",
                Some((false, true)),
            ),
            ("text/html", None),
            ("", None),
        ];
        for (header, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, header.parse().unwrap());
            let read = Accept::read(&headers)
                .ok()
                .map(|accept| (accept.json, accept.events));
            assert_eq!(read, expected, "{header}");
        }
        assert_eq!(
            Accept::read(&HeaderMap::new()).unwrap(),
            Accept {
                json: true,
                events: true
            }
        );
    }
}
