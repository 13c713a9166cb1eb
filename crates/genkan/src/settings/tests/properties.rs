//! What holds for any text that anyone could write into a settings file or a variable.

use std::path::Path;

use proptest::prelude::*;

use super::super::{Environment, Settings, Sources, file, keys};

/// TOML of our own sections with any values, so that the types are reached.
fn nearly_right() -> impl Strategy<Value = String> {
    let keys: Vec<String> = keys().into_iter().map(|key| key.path).collect();
    let value = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<bool>().prop_map(|truth| truth.to_string()),
        "[a-z0-9./:@,=\\[\\]-]{0,30}".prop_map(|text| format!("{text:?}")),
        "[a-z0-9./:@,=-]{0,30}".prop_map(|text| format!("[{text:?}, 1]")),
    ];
    let line = (proptest::sample::select(keys), value)
        .prop_map(|(key, value)| format!("{key} = {value}\n"));
    proptest::collection::vec(line, 0..4).prop_map(|lines| lines.concat())
}

fn load(file: &Path, environment: &Environment) -> genkan_core::Result<Settings> {
    Settings::load(Sources {
        environment,
        file: Some(file),
        data_dir: Path::new("/nowhere"),
        secret_files: Path::new("/nowhere"),
        zuliprc: Vec::new(),
        flags: Vec::new(),
        stored: &[],
    })
}

proptest! {
    #[test]
    fn any_file_is_read_or_refused_with_its_line(text in prop_oneof!["\\PC{0,60}", "(?s).{0,60}", nearly_right()]) {
        let (_, problems) = file::parse(Path::new("genkan.toml"), &text, &keys());
        for problem in &problems {
            prop_assert!(problem.message.starts_with("genkan.toml:"), "{}", problem.message);
            prop_assert!(!problem.hint.is_empty());
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("genkan.toml");
        std::fs::write(&path, &text).unwrap();
        if let Err(error) = load(&path, &Environment::default()) {
            let expected = path.display().to_string();
            prop_assert!(error.message().lines().any(|line| line.starts_with(&expected)), "{error}");
        }
    }

    #[test]
    fn any_variable_of_ours_is_read_or_refused_by_name(name in "[A-Z_]{0,20}", value in "\\PC{0,30}") {
        let name = format!("GENKAN_{name}");
        let environment: Environment = [(name.clone(), value)].into_iter().collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty.toml");
        std::fs::write(&path, "").unwrap();
        if let Err(error) = load(&path, &environment) {
            prop_assert!(error.message().contains(&name), "{error}");
        }
    }
}
