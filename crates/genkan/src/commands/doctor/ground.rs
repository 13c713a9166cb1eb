//! What everything stands on: settings, the data folder, its disk, the address, another server.

use std::{fs, path::Path};

use genkan_core::{Code, Error, Result};

use crate::{
    commands::{
        doctor::finding::Report,
        serve::{address, certificate},
    },
    data_folder::{DataFolder, Notice, unusable},
    house::system,
    local::{Door, Hello, admin_profile, connect},
    platform::{
        files,
        machine::{Machine, Reading},
    },
    settings::{Origin, Settings},
    surroundings::Surroundings,
};

/// Below this a database soon has no room, in GiB.
const SCARCE_GB: f64 = 1.0;
/// Below this writes fail, in GiB.
const NOTHING_GB: f64 = 0.05;

/// Where the settings came from.
pub(super) fn sources(settings: &Settings) -> String {
    let set = settings
        .entries
        .iter()
        .filter(|entry| entry.origin != Origin::Default)
        .count();
    match &settings.file {
        Some(file) => format!("valid; {set} set, file {}", file.display()),
        None => format!("valid; {set} set, no file"),
    }
}

/// The settings over what is stored, if that is right. A store that cannot be asked is told of later.
pub(super) async fn over_stored(
    surroundings: &Surroundings,
    folder: &DataFolder,
    alone: Settings,
    report: &mut Report,
) -> Settings {
    let Ok(stored) = surroundings.stored(folder, &alone).await else {
        return alone;
    };
    let settings = surroundings.valid_settings(folder, Vec::new(), &stored);
    report.take("stored settings", settings).unwrap_or(alone)
}

/// Whether there is a data folder that can be written to.
pub(super) fn folder(folder: &DataFolder, report: &mut Report) -> bool {
    const CHECK: &str = "data folder";
    let path = folder.path();
    if !path.exists() {
        match first_present(path) {
            Ok(_) => report.note(
                CHECK,
                format!("`{}` is not there yet", path.display()),
                "The first `genkan serve` or `genkan stdio` makes it.",
            ),
            Err(error) => report.problem(CHECK, &error),
        }
        return false;
    }
    if report.take(CHECK, folder.prepare()).is_none() {
        return false;
    }
    match files::others_may_enter(path) {
        Ok(true) => report.note(
            CHECK,
            format!(
                "other users of this computer may look into `{}`",
                path.display()
            ),
            format!("chmod 700 '{}'", path.display()),
        ),
        _ => report.ok(CHECK, path.display().to_string()),
    }
    true
}

/// Whether the keys are for their owner alone.
pub(super) fn keys(folder: &DataFolder, settings: &Settings, report: &mut Report) {
    const CHECK: &str = "keys";
    let own = [folder.master_key(), folder.admin_key()];
    let tls = settings.tls.files().ok().flatten().map(|files| files.key);
    let mut open = own.into_iter().chain(tls);
    match open.find(|file| files::others_may_read(file).unwrap_or(false)) {
        Some(file) => {
            let message = format!("other users of this computer may read `{}`", file.display());
            let hint = format!(
                "chmod 600 '{}', and make a new key if somebody did",
                file.display()
            );
            report.note(CHECK, message, hint);
        }
        None => report.ok(CHECK, "for their owner alone"),
    }
}

/// The nearest folder above that exists.
fn first_present(path: &Path) -> Result<&Path> {
    let present = path.ancestors().find(|above| above.exists());
    let present = present.unwrap_or(path);
    let is_folder = fs::metadata(present).map(|meta| meta.is_dir());
    match is_folder {
        Ok(true) => Ok(present),
        Ok(false) => Err(unusable(present, std::io::ErrorKind::NotADirectory.into())),
        Err(error) => Err(unusable(present, error)),
    }
}

/// Whether there is room.
pub(super) fn disk(folder: &DataFolder, report: &mut Report) {
    room(&Machine::default().read(folder.path()), report);
}

fn room(reading: &Reading, report: &mut Report) {
    const CHECK: &str = "disk";
    let (Some(free), Some(percent)) = (reading.disk_free_gb, reading.disk_percent) else {
        return report.note(CHECK, "this system does not tell", "Look yourself.");
    };
    let told = format!("{free} GiB free, {percent} % full");
    if free < NOTHING_GB {
        let error = Error::new(Code::StoreFull, format!("the disk is full: {told}"))
            .hint("Make room on the disk of the data folder; the server goes on by itself then.");
        report.problem(CHECK, &error);
    } else if free < SCARCE_GB {
        report.note(CHECK, format!("little room: {told}"), "Make room soon.");
    } else {
        report.ok(CHECK, told);
    }
}

/// Whether a server serves the folder already, and answers.
pub(super) async fn server(folder: &DataFolder, report: &mut Report) -> bool {
    const CHECK: &str = "server";
    match folder.is_served() {
        Ok(true) => {}
        Ok(false) => {
            report.ok(
                CHECK,
                "none runs on this folder; commands open the store themselves",
            );
            return false;
        }
        Err(error) => {
            report.problem(CHECK, &error);
            return false;
        }
    }
    let Some(notice) = folder.notice() else {
        let hint = "Wait a moment; if this stays, end the process that holds `genkan.lock`.";
        report.note(CHECK, "a process starts or ends on this folder", hint);
        return true;
    };
    answers(folder, &notice, report).await;
    true
}

async fn answers(folder: &DataFolder, notice: &Notice, report: &mut Report) {
    const CHECK: &str = "server";
    let Notice {
        pid, version, url, ..
    } = notice;
    let told = format!("process {pid} (version {version}) serves this folder at {url}");
    match connect(folder, &Hello::new(&admin_profile(), Door::Cli)).await {
        Err(error) => report.problem(CHECK, &error),
        Ok(_) if version != env!("CARGO_PKG_VERSION") => {
            let hint = "Restart it to run this version; a second one on the folder is refused.";
            let own = env!("CARGO_PKG_VERSION");
            report.note(
                CHECK,
                format!("{told}; this program is version {own}"),
                hint,
            );
        }
        Ok(None) if notice.socket.is_some() => {
            let error = Error::new(
                Code::ServerUnreachable,
                format!("{told}, and does not answer"),
            )
            .hint("Look into its log; end it and start it again.");
            report.problem(CHECK, &error);
        }
        Ok(_) => report.ok(CHECK, format!("{told}; a second one would be refused")),
    }
}

/// Whether the certificate can be shown.
pub(super) fn certificate(settings: &Settings, report: &mut Report) {
    const CHECK: &str = "certificate";
    let Ok(Some(files)) = settings.tls.files() else {
        return;
    };
    let (clock, _) = system();
    let Some(certificate) = report.take(CHECK, certificate::read(&files, &*clock)) else {
        return;
    };
    let told = format!("valid until {}", certificate.expires());
    match certificate::ends_soon(&certificate, &*clock) {
        true => report.note(
            CHECK,
            told,
            "Renew it; the server reads the new files by itself.",
        ),
        false => report.ok(CHECK, told),
    }
}

/// Whether a server could listen.
pub(super) async fn address(settings: &Settings, report: &mut Report) {
    let bind = settings.server.bind;
    if let Some(listener) = report.take("address", address::bind(bind)) {
        drop(listener);
        report.ok("address", format!("{bind} is free"));
    }
    let operators = address::for_operators(settings);
    if let Some(Some(listener)) = report.take("address of operators", operators) {
        drop(listener);
        report.ok("address of operators", "free");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_a_problem_and_a_scarce_one_a_note() {
        let told = |free| {
            let mut report = Report::default();
            let reading = Reading {
                disk_free_gb: Some(free),
                disk_percent: Some(99.0),
                ..Reading::default()
            };
            room(&reading, &mut report);
            report.as_text()
        };
        assert!(told(0.0).starts_with("PROBLEM") && told(0.0).contains("→ Make room"));
        assert!(told(0.0).contains("store_full"), "{}", told(0.0));
        assert!(told(0.5).starts_with("note"));
        assert!(told(10.0).starts_with("ok"));
    }
}
