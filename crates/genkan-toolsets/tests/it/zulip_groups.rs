//! Groups of users.

use genkan_testkit::{
    TestDb,
    zulip::{Generation, Options},
};
use serde_json::{Value, json};

use crate::zulip_house::ZulipHouse;

#[tokio::test]
async fn a_group_is_made_changed_listed_and_ended() {
    TestDb::each(async |database| {
        for generation in [Generation::Eight, Generation::Ten] {
            let options = Options {
                generation,
                ..Options::default()
            };
            goes_all_the_way(ZulipHouse::beside(&database, options).await).await;
        }
    })
    .await;
}

async fn goes_all_the_way(house: ZulipHouse) {
    let manage = async |arguments: Value| house.ok("manage_user_group", arguments).await;
    let names = async |arguments: Value| {
        let told = house.ok("get_user_groups", arguments).await;
        let groups = told["groups"].as_array().unwrap().iter();
        let names: Vec<_> = groups.map(|group| group["name"].clone()).collect();
        json!(names)
    };
    let made =
        json!({"action": "create", "name": "größe 🐙", "description": "d", "add": ["hamlet", 3]});
    let id = manage(made).await["id"].clone();
    assert_eq!(
        names(json!({})).await,
        json!(["größe 🐙", "hamletcharacters"])
    );
    let all = names(json!({"include_system": true})).await;
    assert_eq!(all[2], "role:administrators");
    let changed = json!({
        "action": "update", "group": "@GRÖSSE 🐙", "name": "andere", "add": ["iago"], "remove": ["cordelia"],
    });
    // Case folds letter by letter.
    let (code, _) = house.refused("manage_user_group", &changed).await;
    assert_eq!(code, "no_such_item");
    let mut changed = changed;
    changed["group"] = json!("@GRÖßE 🐙");
    assert_eq!(manage(changed).await, json!({"id": id, "name": "andere"}));
    let told = house.ok("get_user_groups", json!({"group": id})).await;
    assert_eq!(told["groups"][0]["description"], "d");
    let people = told["people"].as_array().unwrap().iter();
    let people: Vec<_> = people.map(|user| user["name"].as_str().unwrap()).collect();
    assert_eq!(people, ["Iago", "King Hamlet"]);
    manage(json!({"action": "delete", "group": "andere"})).await;
    assert_eq!(names(json!({})).await, json!(["hamletcharacters"]));
    // Iago made the other one.
    let foreign = json!({"action": "delete", "group": "hamletcharacters"});
    let (_, text) = house.refused("manage_user_group", &foreign).await;
    assert!(text.contains("Insufficient permission"), "{text}");
    house.app.stop().await;
}
