//! The team's chat: why there are no tools for it, or whether its keys are right.

use genkan_core::Lifecycle;

use crate::{
    commands::doctor::finding::Report,
    house::{self, chat},
    settings::{Settings, ZulipStanding},
};

const CHECK: &str = "zulip";

/// Whether the keys are there, and open the door.
pub(super) async fn zulip(settings: &Settings, report: &mut Report) {
    for remark in &settings.remarks {
        report.note(CHECK, remark, "Mend the file, or remove it.");
    }
    let organisations = settings.organisations();
    if organisations.is_empty() {
        report.ok(CHECK, "not set up, so there are no `zulip` tools");
    }
    let are_several = organisations.len() > 1;
    for (name, standing) in organisations {
        let name = match are_several {
            true => format!("{name}: "),
            false => String::new(),
        };
        Box::pin(organisation(settings, &name, standing, report)).await;
    }
}

/// Whether the keys of one organisation are there, and open the door.
async fn organisation(
    settings: &Settings,
    name: &str,
    standing: ZulipStanding,
    report: &mut Report,
) {
    let access = match standing {
        ZulipStanding::Absent => return,
        ZulipStanding::Incomplete(missing) => {
            let missing = missing.join(", ");
            return report.note(
                CHECK,
                format!("{name}there are no `zulip` tools, since these are not set: {missing}"),
                "Set them too; docs/zulip.md says where they come from.",
            );
        }
        ZulipStanding::Complete(access) => access,
    };
    let lifecycle = Lifecycle::new();
    let checked = async {
        let (clock, random) = house::system();
        let zulip = chat::client(settings, &access.site, clock, random, &lifecycle)?;
        access.names(&zulip).await
    };
    if let Some(names) = report.take(CHECK, checked.await) {
        report.ok(
            CHECK,
            format!("{name}{}, as {}", access.site, names.join(" and ")),
        );
    }
}
