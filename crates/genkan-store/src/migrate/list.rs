//! Every migration, in order. Migrations only append: a released file is never edited.

use super::Migration;

/// One line per file of `migrations/`.
pub(super) const ALL: &[Migration] = &[
    Migration { version: 1, name: "house", text: include_str!("../../migrations/0001_house.sql") },
    Migration { version: 2, name: "knowledge", text: include_str!("../../migrations/0002_knowledge.sql") },
];
