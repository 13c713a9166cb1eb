//! Where the keys of the chat come from, and which source wins.

use std::fs;

use super::{Origin, Scene, ZulipStanding};

const WHOLE: &str =
    "; from Zulip\n[api]\nemail=rc@chat.example\nkey = rckey\nsite=https://rc.example\n";

fn rc(scene: Scene, name: &str, text: &str) -> Scene {
    fs::write(scene.path(name), text).unwrap();
    scene
}

/// Site, address and key of the user, as they are found.
fn found(scene: &Scene) -> [String; 3] {
    let access = scene
        .load()
        .unwrap()
        .zulip
        .standing("zulip")
        .access()
        .unwrap();
    [
        access.site,
        access.user.email,
        access.user.key.expose().clone(),
    ]
}

#[test]
fn the_environment_wins_over_secret_files_over_a_zuliprc_over_the_settings_file() {
    let text = "[zulip]\nsite = \"https://toml.example\"\nemail = \"toml@chat.example\"\napi_key = \"tomlkey\"\n";
    let scene = Scene::new().file(text);
    assert_eq!(
        found(&scene),
        ["https://toml.example", "toml@chat.example", "tomlkey"]
    );
    let scene = rc(scene, ".zuliprc", WHOLE);
    assert_eq!(
        found(&scene),
        ["https://rc.example", "rc@chat.example", "rckey"]
    );
    let origin = scene.load().unwrap().origin("zulip.api_key").cloned();
    assert_eq!(origin, Some(Origin::File(scene.path(".zuliprc"), 4)));
    let scene = scene
        .secret("zulip_site", "https://file.example\n")
        .secret("zulip_email", "file@chat.example")
        .secret("zulip_api_key", "filekey");
    assert_eq!(
        found(&scene),
        ["https://file.example", "file@chat.example", "filekey"]
    );
    let scene = scene.secret("genkan_zulip_api_key", "ownkey");
    assert_eq!(found(&scene)[2], "ownkey");
    let scene = scene
        .variable("ZULIP_SITE", "https://env.example")
        .variable("ZULIP_EMAIL", "env@chat.example")
        .variable("ZULIP_API_KEY", "envkey");
    assert_eq!(
        found(&scene),
        ["https://env.example", "env@chat.example", "envkey"]
    );
    let scene = scene.variable("GENKAN_ZULIP__API_KEY", "mykey");
    assert_eq!(found(&scene)[2], "mykey");
}

#[test]
fn a_broken_zuliprc_is_told_and_the_next_one_is_tried() {
    for (broken, part) in [
        ("[api]\nemail=a\nsite=b\n", "`key` is missing"),
        ("[api]\nkey hush\n", "line 2"),
        ("email=a\nkey=hush\nsite=b\n", "`site` is missing"),
        ("[other]\nemail=a\nkey=hush\nsite=b\n", "is missing"),
    ] {
        let scene = rc(rc(Scene::new(), "zuliprc", broken), ".zuliprc", WHOLE);
        assert_eq!(found(&scene)[2], "rckey");
        let remarks = scene.load().unwrap().remarks;
        assert_eq!(remarks.len(), 1);
        assert!(remarks[0].contains(part), "{remarks:?}");
        assert!(!remarks[0].contains("hush"), "{remarks:?}");
    }
}

#[test]
fn a_zuliprc_lends_its_key_to_no_other_site_and_takes_none() {
    let scene = rc(Scene::new(), "zuliprc", WHOLE);
    let scene = scene.file("[zulip]\nbot_email = \"bot@toml.example\"\nbot_api_key = \"botkey\"\n");
    let access = scene
        .load()
        .unwrap()
        .zulip
        .standing("zulip")
        .access()
        .unwrap();
    assert!(access.bot.is_none(), "the bot is of another site");
    let scene = scene.variable("ZULIP_SITE", "https://env.example");
    let standing = scene.load().unwrap().zulip.standing("zulip");
    let ZulipStanding::Incomplete(missing) = standing else {
        panic!("the key of the file would go to the site of the variable");
    };
    assert_eq!(missing, ["zulip.email", "zulip.api_key"]);
}

#[test]
fn what_is_missing_is_named_and_nothing_at_all_is_nothing() {
    let none = Scene::new().load().unwrap().zulip.standing("zulip");
    assert!(matches!(none, ZulipStanding::Absent));
    let scene = Scene::new()
        .variable("ZULIP_SITE", "https://env.example")
        .variable("ZULIP_EMAIL", "me@env.example")
        .variable("ZULIP_API_KEY", "k")
        .variable("ZULIP_BOT_EMAIL", "bot@env.example");
    match scene.load().unwrap().zulip.standing("zulip") {
        ZulipStanding::Incomplete(missing) => assert_eq!(missing, ["zulip.bot_api_key"]),
        _ => panic!("a bot without a key is no bot"),
    }
}
