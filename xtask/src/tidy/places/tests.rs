//! Which paths and hosts are found.

use super::super::Tree;
use super::{FOLDERS, HOSTS};

#[track_caller]
fn count(text: &str) -> usize {
    super::check(&Tree::of(&[("a.md", text)])).unwrap().len()
}

#[test]
fn folders_of_a_machine_are_found() {
    for folder in FOLDERS {
        assert_eq!(count(&format!("see {folder}notes")), 1);
        assert_eq!(count(&format!("`{folder}notes`")), 1);
    }
}

#[test]
fn same_words_inside_a_path_are_not() {
    for folder in FOLDERS {
        assert_eq!(count(&format!("see docs{folder}notes")), 0);
        assert_eq!(count(&format!("${{HOME}}{folder}notes")), 0);
    }
}

#[test]
fn hosts_of_registries_are_found() {
    for host in HOSTS {
        assert_eq!(count(&format!("https://{host}/a")), 1);
    }
}
