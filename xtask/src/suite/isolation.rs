//! Cuts a program off from every network but loopback, by a network namespace
//! of Linux with nothing in it but `lo`. PostgreSQL is started inside as well,
//! since a loopback belongs to its namespace.

use std::ffi::OsStr;
use std::process::Command;

use crate::{postgres, process};

/// Brings loopback up, then becomes the program.
const AS_ROOT: &str = r#"ip link set lo up && exec "$@""#;

/// The same where a user namespace lent us the right to do so; it is given back
/// first, or it would let tests read what their user may not.
const AS_USER: &str =
    r#"ip link set lo up && exec setpriv --ambient-caps=-all --inh-caps=-all -- "$@""#;

#[derive(Clone, Copy)]
pub(super) enum Isolation {
    Root,
    User,
}

impl Isolation {
    /// The way that works here, tried out; `None` if there is none.
    pub(super) fn find() -> Option<Isolation> {
        let isolation = match postgres::is_root() {
            Ok(true) => Isolation::Root,
            _ => Isolation::User,
        };
        let works = process::capture(&mut isolation.command("true".as_ref())).is_ok();
        works.then_some(isolation)
    }

    /// A program inside, which takes its arguments next.
    pub(super) fn command(self, program: &OsStr) -> Command {
        let mut command = Command::new("unshare");
        match self {
            Isolation::Root => command.args(["--net", "--", "sh", "-c", AS_ROOT]),
            Isolation::User => command
                .args(["--user", "--net", "--map-current-user", "--keep-caps", "--"])
                .args(["sh", "-c", AS_USER]),
        };
        command.arg("sh").arg(program);
        command
    }
}
