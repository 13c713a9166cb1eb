//! Greetings that this version does not understand.

use std::io::Cursor;

use super::*;

fn lines(text: &str) -> Lines {
    Lines::new(Box::new(Cursor::new(text.as_bytes().to_vec())), 1_024)
}

#[tokio::test]
async fn a_greeting_that_is_none_is_refused_with_what_to_do() {
    let table = [
        ("", Code::ServerUnreachable),
        ("{\"jsonrpc\": \"2.0\"}\n", Code::InvalidRequest),
        (
            "{\"genkan\": 2, \"version\": \"9\", \"profile\": \"default\", \"door\": \"stdio\"}\n",
            Code::UnsupportedVersion,
        ),
    ];
    for (text, code) in table {
        let error = Hello::read(&mut lines(text)).await.unwrap_err();
        assert_eq!(error.code(), code, "{text}");
    }
    let error = Welcome::read(&mut lines("good day\n")).await.unwrap_err();
    assert_eq!(error.code(), Code::ServerUnreachable);
}

#[tokio::test]
async fn a_refusal_arrives_as_it_was_meant() {
    let refused: Result<()> = Err(Error::new(Code::NotFound, "there is no such profile"));
    let line = serde_json::to_string(&Welcome::to(&refused)).unwrap();
    let error = Welcome::read(&mut lines(&format!("{line}\n")))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Code::NotFound, "there is no such profile")
    );
    let without_reason = error_from(&serde_json::json!({}));
    assert_eq!(without_reason.code(), Code::Internal);
}
