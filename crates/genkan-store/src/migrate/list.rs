//! Every migration, in order. Migrations only append: a released file is never edited.

use super::Migration;

/// One line per file of `migrations/`.
pub(super) const ALL: &[Migration] = &[
    Migration {
        version: 1,
        name: "house",
        text: include_str!("../../migrations/0001_house.sql"),
    },
    Migration {
        version: 2,
        name: "knowledge",
        text: include_str!("../../migrations/0002_knowledge.sql"),
    },
    Migration {
        version: 3,
        name: "tool_switch",
        text: include_str!("../../migrations/0003_tool_switch.sql"),
    },
    Migration {
        version: 4,
        name: "task",
        text: include_str!("../../migrations/0004_task.sql"),
    },
    Migration {
        version: 5,
        name: "knowledge_history",
        text: include_str!("../../migrations/0005_knowledge_history.sql"),
    },
    Migration {
        version: 6,
        name: "retrieval",
        text: include_str!("../../migrations/0006_retrieval.sql"),
    },
    Migration {
        version: 7,
        name: "usage",
        text: include_str!("../../migrations/0007_usage.sql"),
    },
    Migration {
        version: 8,
        name: "dismissal",
        text: include_str!("../../migrations/0008_dismissal.sql"),
    },
    Migration {
        version: 9,
        name: "scope_version",
        text: include_str!("../../migrations/0009_scope_version.sql"),
    },
    Migration {
        version: 10,
        name: "scoped_terms",
        text: include_str!("../../migrations/0010_scoped_terms.sql"),
    },
    Migration {
        version: 11,
        name: "departure",
        text: include_str!("../../migrations/0011_departure.sql"),
    },
    Migration {
        version: 12,
        name: "knowledge_vector",
        text: include_str!("../../migrations/0012_knowledge_vector.sql"),
    },
    Migration {
        version: 13,
        name: "idempotency",
        text: include_str!("../../migrations/0013_idempotency.sql"),
    },
    Migration {
        version: 14,
        name: "stored_setting",
        text: include_str!("../../migrations/0014_stored_setting.sql"),
    },
    Migration {
        version: 15,
        name: "authority",
        text: include_str!("../../migrations/0015_authority.sql"),
    },
    Migration {
        version: 16,
        name: "match_plan",
        text: include_str!("../../migrations/0016_match_plan.sql"),
    },
];
