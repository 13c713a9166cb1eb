//! Several instances on one store: where they meet, and whether all of them do.

use genkan_core::{Code, Error};
use genkan_store::{Instances, Redis, Seen};

use crate::{commands::doctor::finding::Report, data_folder::DataFolder, settings::Settings};

/// Whether Redis answers, if there is to be one.
pub(super) async fn redis(settings: &Settings, report: &mut Report) {
    if let Some(url) = &settings.redis.url
        && report.take("redis", Redis::reach(url).await).is_some()
    {
        report.ok("redis", "answers");
    }
}

/// Whether the instances that serve the store meet each other.
pub(super) async fn together(settings: &Settings, folder: &DataFolder, report: &mut Report) {
    const CHECK: &str = "instances";
    let Ok(location) = settings.store.location(&folder.database()) else {
        return;
    };
    let Some(Some(Seen {
        count,
        one_is_alone,
    })) = report.take(CHECK, Instances::look(&location).await)
    else {
        return;
    };
    match &settings.redis.url {
        None if count > 1 => report.problem(CHECK, &apart(format!(
            "{count} instances serve this store and do not meet at a Redis: only one of them is ready"
        ))),
        None => report.ok(CHECK, format!("{count} serve this store; a second one needs `redis.url`")),
        Some(_) if one_is_alone => report.problem(CHECK, &apart(
            "an instance without Redis serves this store: those with Redis are not ready".to_owned(),
        )),
        Some(_) => report.ok(CHECK, format!("{count} serve this store, and meet at Redis")),
    }
}

fn apart(message: String) -> Error {
    Error::new(Code::SecondInstance, message)
}
