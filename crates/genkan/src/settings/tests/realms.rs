//! Further organisations of the chat: each layer may speak of them, and each stands for itself.

use std::fs;

use super::{Applies, Origin, Scene, Settings, ZulipStanding};

const WHOLE: &str = "[api]\nemail=rc@acme.example\nkey=rckey\nsite=https://acme.example\n";
const ACME: &str =
    "[zulip.realms.acme]\nsite = \"https://acme.example\"\nemail = \"me@acme.example\"\n";

/// Name, site, address and key of each organisation whose keys are whole.
fn found(settings: &Settings) -> Vec<[String; 4]> {
    let organisations = settings.organisations().into_iter();
    let whole = organisations.filter_map(|(name, standing)| {
        let access = standing.access()?;
        let key = access.user.key.expose().clone();
        Some([name.to_owned(), access.site, access.user.email, key])
    });
    whole.collect()
}

#[test]
fn every_layer_may_speak_of_an_organisation_and_the_strongest_wins() {
    let scene = Scene::new().file(&format!("{ACME}api_key = \"tomlkey\"\n"));
    let key = |scene: &Scene| found(&scene.load().unwrap())[0][3].clone();
    assert_eq!(
        found(&scene.load().unwrap()),
        [["acme", "https://acme.example", "me@acme.example", "tomlkey"]]
    );
    let scene = scene.secret("genkan_zulip_realms_acme_api_key", "filekey\n");
    assert_eq!(key(&scene), "filekey");
    let scene = scene.variable("GENKAN_ZULIP__REALMS__ACME__API_KEY", "envkey");
    assert_eq!(key(&scene), "envkey");
    let settings = scene.load().unwrap();
    let origin = settings.origin("zulip.realms.acme.email").cloned();
    assert_eq!(origin, Some(Origin::File(scene.path("genkan.toml"), 3)));
    let shown = format!("{:?} {:?}", settings.entries, settings.realms);
    assert!(!shown.contains("envkey"), "{shown}");
}

#[test]
fn an_organisation_stands_beside_the_first_and_a_zuliprc_is_of_the_first_alone() {
    let scene = Scene::new().file(&format!("{ACME}api_key = \"tomlkey\"\n"));
    fs::write(scene.path(".zuliprc"), WHOLE.replace("acme", "first")).unwrap();
    let names = |scene: &Scene| -> Vec<[String; 2]> {
        let all = found(&scene.load().unwrap()).into_iter();
        all.map(|[name, site, ..]| [name, site]).collect()
    };
    let both = [
        ["default", "https://first.example"],
        ["acme", "https://acme.example"],
    ];
    assert_eq!(names(&scene), both);
    // A variable of another organisation does not stand in the way of the file either.
    let scene = scene.variable("GENKAN_ZULIP__REALMS__ACME__API_KEY", "envkey");
    assert_eq!(names(&scene), both);
}

#[test]
fn a_zuliprc_can_be_named_and_counts_as_a_whole() {
    let scene = Scene::new();
    let rc = scene.path("acme.rc");
    fs::write(&rc, WHOLE).unwrap();
    let named = format!(
        "[zulip.realms.acme]\nzuliprc = {:?}\n",
        rc.display().to_string()
    );
    let scene = scene.file(&named);
    let settings = scene.load().unwrap();
    assert_eq!(
        found(&settings),
        [["acme", "https://acme.example", "rc@acme.example", "rckey"]]
    );
    assert_eq!(settings.realms[0].zuliprc.as_ref(), Some(&rc));
    let scene = scene.variable("GENKAN_ZULIP__REALMS__ACME__SITE", "https://evil.example");
    let refused = scene.refused();
    assert!(
        refused
            .message()
            .contains("`zulip.realms.acme.site` is set as well"),
        "{refused}"
    );
    for (text, part) in [
        (
            "[zulip.realms.acme]\nzuliprc = \"acme.rc\"\n",
            "is not a whole path",
        ),
        (
            "[zulip.realms.acme]\nzuliprc = \"/nowhere/rc\"\n",
            "`/nowhere/rc` cannot be used",
        ),
    ] {
        let refused = Scene::new().file(text).refused();
        assert!(refused.message().contains(part), "{refused}");
        assert!(refused.hint_text().contains("zuliprc"), "{refused:?}");
    }
}

#[test]
fn what_is_missing_or_misspelt_is_named() {
    let scene = Scene::new().file(ACME);
    let settings = scene.load().unwrap();
    match &settings.organisations()[..] {
        [("acme", ZulipStanding::Incomplete(missing))] => {
            assert_eq!(missing, &["zulip.realms.acme.api_key"]);
        }
        _ => panic!("an organisation without a key is incomplete"),
    }
    for (text, part, hint) in [
        (
            "[zulip.realms.acme]\nsit = \"x\"\n",
            "`zulip.realms.acme.sit` is not",
            "zulip.realms.acme.site",
        ),
        (
            "[zulip.realms.Acme]\nsite = \"x\"\n",
            "`zulip.realms.Acme` is not",
            "small letter",
        ),
        (
            "[zulip.realms.default]\nsite = \"x\"\n",
            "`zulip.realms.default` is not",
            "not `default`",
        ),
    ] {
        let refused = Scene::new().file(text).refused();
        assert!(refused.message().contains(part), "{text}: {refused}");
        assert!(refused.hint_text().contains(hint), "{text}: {refused:?}");
    }
    let scene = Scene::new().variable("GENKAN_ZULIP__REALMS__ACME__SIT", "x");
    let refused = scene.refused();
    assert!(
        refused
            .message()
            .contains("GENKAN_ZULIP__REALMS__ACME__SIT"),
        "{refused}"
    );
}

#[test]
fn keys_change_at_once_and_organisations_at_the_next_start() {
    let load = |text: &str| Scene::new().file(text).load().unwrap();
    let before = load(&format!("{ACME}api_key = \"k\"\n"));
    let other = load(&format!("{ACME}api_key = \"k\"\n").replace("me@", "you@"));
    let changed = before.changed(&other);
    assert_eq!(
        changed,
        [("zulip.realms.acme.email".to_owned(), Applies::AtOnce)]
    );
    let later = |from: &Settings, to: &Settings| {
        let changed = from.changed(to);
        changed.contains(&("zulip.realms.acme.site".to_owned(), Applies::AtRestart))
    };
    let none = load("");
    assert!(later(&before, &none) && later(&none, &before));
}
