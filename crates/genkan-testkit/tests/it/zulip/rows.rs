//! What the Zulip of the testkit refuses, and what its answers look like: one row per request.

use genkan_testkit::zulip::{Zulip, openapi};
use serde_json::json;

use super::Asker;

/// Request, form, Zulip's code, and a part of what it says.
const REFUSALS: &str = "
POST /messages | type=channel&to=general&topic=t | REQUEST_VARIABLE_MISSING | Missing 'content'
POST /messages | type=channel&to=general&content=x | REQUEST_VARIABLE_MISSING | 'topic'
POST /messages | type=channel&to=general&topic=t&content=%20%0A | BAD_REQUEST | must not be empty
POST /messages | type=channel&to=nowhere&topic=t&content=x | STREAM_DOES_NOT_EXIST | Channel 'nowhere'
POST /messages | type=channel&to=99&topic=t&content=x | STREAM_DOES_NOT_EXIST | ID '99'
POST /messages | type=channel&to=leads&topic=t&content=x | BAD_REQUEST | Not authorized
POST /messages | type=direct&to=no%40zulip.example&content=x | BAD_REQUEST | Invalid email
GET /messages | anchor=newest&num_before=5000&num_after=1 | BAD_REQUEST | Too many
GET /messages | anchor=newest&num_before=1&num_after=0&narrow=[[%22moon%22,1]] | BAD_NARROW | moon
GET /messages/999999 | | BAD_REQUEST | Invalid message(s)
GET /messages/106 | | BAD_REQUEST | Invalid message(s)
PATCH /messages/101 | content=mine | BAD_REQUEST | permission
POST /messages/101/reactions | emoji_name=moon | BAD_REQUEST | does not exist
DELETE /messages/101/reactions | emoji_name=tada | REACTION_DOES_NOT_EXIST | exist
GET /streams/4 | | BAD_REQUEST | Invalid channel ID
GET /events | queue_id=1:2 | BAD_EVENT_QUEUE_ID | 1:2
";

#[tokio::test]
async fn zulip_refuses_with_its_own_codes() {
    let zulip = Zulip::start().await;
    let hamlet = Asker::new(&zulip, "hamlet");
    for row in REFUSALS.trim().lines() {
        let [request, form, code, part] = columns(row);
        let (method, path) = request.split_once(' ').unwrap();
        let (status, told) = hamlet.ask_form(method, path, form).await;
        assert_eq!(
            (status, told["code"].as_str()),
            (400, Some(code)),
            "{row}: {told}"
        );
        assert!(
            told["msg"].as_str().unwrap().contains(part),
            "{row}: {told}"
        );
    }
}

/// Request, its path in Zulip's description, form.
const ANSWERS: &str = "
POST /messages | /messages | type=channel&to=general&topic=t&content=hi
POST /messages | /messages | type=direct&to=[2]&content=hi
POST /messages/101/reactions | /messages/{message_id}/reactions | emoji_name=tada
GET /messages | /messages | anchor=newest&num_before=50&num_after=0
GET /messages/107 | /messages/{message_id} |
PATCH /messages/107 | /messages/{message_id} | content=ho
POST /messages/flags | /messages/flags | messages=[101]&op=add&flag=starred
DELETE /messages/101/reactions | /messages/{message_id}/reactions | emoji_name=tada
DELETE /messages/107 | /messages/{message_id} |
GET /streams | /streams |
GET /streams/1 | /streams/{stream_id} |
GET /streams/1/members | /streams/{stream_id}/members |
GET /get_stream_id | /get_stream_id | stream=general
GET /users/me/1/topics | /users/me/{stream_id}/topics |
GET /users/me/subscriptions | /users/me/subscriptions |
POST /users/me/subscriptions | /users/me/subscriptions | subscriptions=[{%22name%22:%22fresh%22}]
DELETE /users/me/subscriptions | /users/me/subscriptions | subscriptions=[%22fresh%22]
GET /users | /users |
GET /users/me | /users/me |
GET /users/2 | /users/{user_id} |
POST /register | /register |
GET /server_settings | /server_settings |
";

#[tokio::test]
async fn answers_have_the_form_that_zulip_describes() {
    let zulip = Zulip::start().await;
    let iago = Asker::new(&zulip, "iago");
    let mut faults = Vec::new();
    for row in ANSWERS.trim().lines() {
        let [request, described, form] = columns(row);
        let (method, path) = request.split_once(' ').unwrap();
        let (status, told) = iago.ask_form(method, path, form).await;
        assert_eq!(status, 200, "{row}: {told}");
        assert_eq!(told["result"], "success");
        let method = method.to_lowercase();
        faults.extend(openapi::fault(&method, described, "200", &told));
    }
    assert_eq!(faults, Vec::<String>::new());
    // The description does say no, where there is one.
    let wrong = json!({ "result": "success", "msg": "", "streams": [{ "stream_id": "one" }] });
    let refused = openapi::fault("get", "/streams", "200", &wrong);
    assert_eq!(refused.is_some(), openapi::is_there());
}

fn columns<const N: usize>(row: &str) -> [&str; N] {
    let columns: Vec<&str> = row.split('|').map(str::trim).collect();
    columns
        .try_into()
        .unwrap_or_else(|_| panic!("{N} columns: {row}"))
}
