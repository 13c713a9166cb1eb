//! What a skill may be, and what its folders show.

use serde_json::json;

use super::*;

fn skill(folder: &str, frontmatter: Value, paths: &[&str]) -> Result<Skill> {
    let files = paths
        .iter()
        .map(|path| SkillFile::of(*path, "text/markdown", "text"));
    let frontmatter = frontmatter.as_object().unwrap().clone();
    Skill::new(folder.to_owned(), frontmatter, files.collect())
}

#[test]
fn what_no_client_would_take_is_no_skill() {
    let good = json!({"name": "refunds", "description": "How to refund"});
    let many: Vec<String> = (0..FILES).map(|n| format!("files/{n}.md")).collect();
    let many: Vec<&str> = ["SKILL.md"]
        .into_iter()
        .chain(many.iter().map(String::as_str))
        .collect();
    let table = [
        ("skill://a/refunds", good.clone(), &["SKILL.md"][..], true),
        (
            "skill://refunds",
            good.clone(),
            &["SKILL.md", "a/b.md"],
            true,
        ),
        ("skill://a/refund", good.clone(), &["SKILL.md"], false),
        ("skill://a/refunds", good.clone(), &["a.md"], false),
        (
            "skill://a/refunds",
            good.clone(),
            &["SKILL.md", "a.md", "a.md"],
            false,
        ),
        ("skill://a/refunds", good.clone(), &many[..FILES], true),
        ("skill://a/refunds", good.clone(), &many, false),
        (
            "skill://a/refunds",
            json!({"name": "refunds"}),
            &["SKILL.md"],
            false,
        ),
        (
            "skill://a/refunds",
            json!({"name": "refunds", "description": " "}),
            &["SKILL.md"],
            false,
        ),
        (
            "skill://a/Refunds",
            json!({"name": "Refunds", "description": "d"}),
            &["SKILL.md"],
            false,
        ),
    ];
    for (folder, frontmatter, paths, fits) in table {
        let made = skill(folder, frontmatter.clone(), paths);
        assert_eq!(made.is_ok(), fits, "{folder} {frontmatter} {}", paths.len());
    }
    let large = SkillFile {
        size_bytes: BYTES,
        ..SkillFile::of("large.md", "text/markdown", "")
    };
    let files = vec![SkillFile::of(MANIFEST, "text/markdown", "x"), large];
    let frontmatter = good.as_object().unwrap().clone();
    assert!(Skill::new("skill://refunds".into(), frontmatter, files).is_err());
}

#[test]
fn names_follow_the_rule() {
    let long = "a".repeat(64);
    for name in ["a", "a-b", "0-1-2", long.as_str()] {
        assert!(is_name(name), "{name}");
    }
    let too_long = "a".repeat(65);
    for name in ["", "-a", "a-", "a--b", "A", "a_b", "ä", too_long.as_str()] {
        assert!(!is_name(name), "{name}");
    }
}

#[test]
fn a_folder_shows_what_is_directly_in_it() {
    let frontmatter = json!({"name": "refunds", "description": "How to refund"});
    let paths = [
        "SKILL.md",
        "forms/b.md",
        "forms/a.md",
        "forms/eu/c.md",
        "formsheet.md",
    ];
    let skill = skill("skill://acme/refunds", frontmatter, &paths).unwrap();
    let shown = |uri: &str| {
        let children = skill.read_directory(uri)?;
        let names: Vec<_> = children
            .iter()
            .map(|child| child.uri.rsplit('/').next().unwrap().to_owned())
            .collect();
        Some(names.join(" "))
    };
    let root = Some("SKILL.md forms formsheet.md".to_owned());
    assert_eq!(shown("skill://acme/refunds"), root);
    assert_eq!(
        shown("skill://acme/refunds/forms"),
        Some("a.md b.md eu".to_owned())
    );
    assert_eq!(
        shown("skill://acme/refunds/forms/eu"),
        Some("c.md".to_owned())
    );
    for uri in [
        "skill://acme/refunds/",
        "skill://acme/refunds/forms/",
        "skill://acme/refunds/SKILL.md",
        "skill://acme/refunds/form",
        "skill://acme/refundsx",
        "skill://acme",
        "",
    ] {
        assert_eq!(shown(uri), None, "{uri}");
    }
    let root = skill.read_directory("skill://acme/refunds").unwrap();
    assert_eq!(
        (root[0].name.as_str(), root[0].description.as_deref()),
        ("refunds", Some("How to refund"))
    );
    assert_eq!(root[1].mime_type.as_deref(), Some(DIRECTORY));
}

#[test]
fn an_entry_names_each_file_with_digest_and_size() {
    let frontmatter = json!({"name": "refunds", "description": "d", "license": "Apache-2.0"});
    let skill = skill("skill://refunds", frontmatter.clone(), &["SKILL.md"]).unwrap();
    let digest = format!("sha256:{}", Digest::of(b"text").to_hex());
    let file = json!({"uri": "skill://refunds/SKILL.md", "digest": digest, "size": 4});
    let entry =
        json!({"uri": "skill://refunds/SKILL.md", "frontmatter": frontmatter, "resources": [file]});
    assert_eq!(skill.to_entry(), entry);
    let text = manifest(frontmatter.as_object().unwrap(), "Body: x\n");
    let expected =
        "---\nname: \"refunds\"\ndescription: \"d\"\nlicense: \"Apache-2.0\"\n---\n\nBody: x\n";
    assert_eq!(text, expected);
}
