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
PATCH /streams/1 | description=mine | UNAUTHORIZED_PRINCIPAL | administrator
DELETE /streams/1 | | UNAUTHORIZED_PRINCIPAL | administrator
GET /users/4/presence | | BAD_REQUEST | bot
GET /users/9/status | | BAD_REQUEST | No such user
POST /users/me/status | | BAD_REQUEST | did not pass any new values
POST /users/me/status | emoji_name=moon | BAD_REQUEST | does not exist
GET /user_groups/9/members | | BAD_REQUEST | Invalid user group
POST /user_groups/create | name=hamletcharacters&description=d&members=[2] | BAD_REQUEST | already exists
POST /user_groups/create | name=x&description=d&members=[99] | BAD_REQUEST | Invalid user ID
PATCH /user_groups/3 | name=x | BAD_REQUEST | Insufficient permission
POST /users/me/muted_users/2 | | BAD_REQUEST | Cannot mute self
DELETE /users/me/muted_users/1 | | BAD_REQUEST | not muted
POST /user_topics | stream_id=1&topic=t&visibility_policy=9 | BAD_REQUEST | visibility_policy
POST /streams/1/delete_topic | topic_name=welcome | UNAUTHORIZED_PRINCIPAL | administrator
POST /drafts | drafts=[{%22type%22:%22stream%22,%22to%22:[],%22topic%22:%22t%22,%22content%22:%22x%22}] | BAD_REQUEST | exactly 1 channel
POST /scheduled_messages | type=stream&to=1&topic=t&content=x&scheduled_delivery_timestamp=1 | BAD_REQUEST | in the future
POST /scheduled_messages | type=stream&to=99&topic=t&content=x&scheduled_delivery_timestamp=4000000000 | STREAM_DOES_NOT_EXIST | ID '99'
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
PATCH /streams/1 | /streams/{stream_id} | description=new
GET /users/1/presence | /users/{user_id_or_email}/presence |
GET /realm/presence | /realm/presence |
GET /messages/matches_narrow | /messages/matches_narrow | msg_ids=[101]&narrow=[{%22operator%22:%22is%22,%22operand%22:%22dm%22,%22negated%22:true}]
POST /user_topics | /user_topics | stream_id=1&topic=welcome&visibility_policy=1
POST /register | /register | fetch_event_types=[%22user_topic%22]
POST /users/me/muted_users/3 | /users/me/muted_users/{muted_user_id} |
POST /register | /register | fetch_event_types=[%22muted_users%22]
DELETE /users/me/muted_users/3 | /users/me/muted_users/{muted_user_id} |
GET /user_groups | /user_groups |
GET /user_groups/3/members | /user_groups/{user_group_id}/members |
PATCH /user_groups/3 | /user_groups/{user_group_id} | name=others
POST /user_groups/3/members | /user_groups/{user_group_id}/members | add=[1]&delete=[3]
POST /user_groups/create | /user_groups/create | name=fresh&description=d&members=[1]
POST /user_groups/3/deactivate | /user_groups/{user_group_id}/deactivate |
POST /drafts | /drafts | drafts=[{%22type%22:%22%22,%22to%22:[],%22topic%22:%22%22,%22content%22:%22x%22}]
GET /drafts | /drafts |
PATCH /drafts/112 | /drafts/{draft_id} | draft={%22type%22:%22private%22,%22to%22:[2],%22topic%22:%22%22,%22content%22:%22y%22}
DELETE /drafts/112 | /drafts/{draft_id} |
POST /streams/2/delete_topic | /streams/{stream_id}/delete_topic | topic_name=release
POST /users/me/status | /users/me/status | status_text=out&emoji_name=car
GET /users/1/status | /users/{user_id}/status |
POST /scheduled_messages | /scheduled_messages | type=channel&to=1&topic=t&content=x&scheduled_delivery_timestamp=4000000000
PATCH /scheduled_messages/113 | /scheduled_messages/{scheduled_message_id} | content=y
GET /scheduled_messages | /scheduled_messages |
DELETE /scheduled_messages/113 | /scheduled_messages/{scheduled_message_id} |
GET /users/me/1/topics | /users/me/{stream_id}/topics |
GET /users/me/subscriptions | /users/me/subscriptions |
POST /users/me/subscriptions | /users/me/subscriptions | subscriptions=[{%22name%22:%22fresh%22}]
DELETE /streams/3 | /streams/{stream_id} |
DELETE /users/me/subscriptions | /users/me/subscriptions | subscriptions=[%22fresh%22]
GET /users | /users |
GET /users/me | /users/me |
GET /users/2 | /users/{user_id} |
POST /register | /register |
POST /register | /register | fetch_event_types=[%22user_status%22]
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
