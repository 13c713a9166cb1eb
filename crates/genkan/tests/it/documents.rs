//! Every command that README.md, CONTRIBUTING.md and the pages of docs/ show, typed to the letter into
//! a terminal on a computer of its own. What cannot be typed here is listed with what holds it instead.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use genkan_testkit::{TestDb, zulip::Zulip};
use tempfile::TempDir;

use crate::{readme::workspace, tour_terminal::Terminal};

/// How lines begin that cannot be typed here, and what holds them.
const HELD_ELSEWHERE: &[(&str, &str)] = &[
    (
        "cargo ",
        "the gate runs cargo itself, and xtask's own tests its commands",
    ),
    (
        "docker ",
        "hadolint and docker-compose config in the gate; the release workflow types them",
    ),
    ("systemctl ", "systemd-analyze in the gate"),
    ("systemd-sysusers", "systemd-analyze in the gate"),
    ("journalctl ", "a service of systemd"),
    (
        "install -m 644 deploy/systemd/",
        "the files are those of the repository, see below",
    ),
    ("install -d /etc/genkan", "a folder of the system"),
    ("test -e /etc/genkan/environment ", "a file of the system"),
    (
        "sudo -u genkan ",
        "a user of systemd; the commands themselves are typed on other pages",
    ),
    (
        "as_service",
        "a service of systemd, see below; the commands themselves are typed on other pages",
    ),
    ("claude ", "clients_readme.rs"),
    ("sh install.sh", "packages.rs"),
    ("deploy/compose/secrets.sh ", "packages.rs"),
    ("sh deploy/smoke.sh ", "packages.rs"),
];
/// Parts that other tests type, with more to say about what they print.
const TYPED_ELSEWHERE: &[(&str, &str, &str)] = &[
    ("README.md", "A five-minute tour", "tour.rs"),
    ("README.md", "For a team", "clients_readme.rs"),
];
/// Pages that show the start of the server, or want it stopped.
const WITHOUT_SERVER: &[&str] = &["docs/start.md", "docs/backup.md", "docs/zulip.md"];
/// Commands that say by their exit code that something is wrong, since it is.
const FAILS: &[(&str, i32)] = &[("genkan doctor --key ci --tool knowledge_create_scope", 1)];
/// The database of the examples; a fresh one takes its place.
const POSTGRES: &str = "postgres://genkan@db.example.com/genkan";
/// Where `cargo xtask dev zulip` listens; one of the test's own takes its place.
const ZULIP: &str = "127.0.0.1:9991";
/// What a block may be written in; only the first two are typed.
const LANGUAGES: &[&str] = &[
    "sh", "console", "ini", "json", "jsonc", "mermaid", "rust", "sql", "text", "toml", "yaml", "",
];

/// A page, and the commands that are to be typed, in order.
struct Page {
    name: String,
    commands: Vec<String>,
}

fn pages() -> Vec<Page> {
    let mut files = vec![PathBuf::from("README.md"), PathBuf::from("CONTRIBUTING.md")];
    for folder in ["docs", "docs/decisions", "docs/reference"] {
        let entries = fs::read_dir(workspace().join(folder)).unwrap();
        let names = entries.map(|entry| Path::new(folder).join(entry.unwrap().file_name()));
        files.extend(names.filter(|path| path.extension().is_some_and(|kind| kind == "md")));
    }
    files.sort();
    files.iter().map(|file| page(file)).collect()
}

fn page(file: &Path) -> Page {
    let name = file.display().to_string();
    let text = fs::read_to_string(workspace().join(file)).unwrap();
    let (mut commands, mut heading, mut language) = (Vec::new(), String::new(), None);
    for line in text.lines() {
        let line = line.trim();
        if let Some(fence) = line.strip_prefix("```") {
            language = match language {
                Some(_) => None,
                None => Some(fence.to_owned()),
            };
            let known = language
                .as_deref()
                .is_none_or(|word| LANGUAGES.contains(&word));
            assert!(
                known,
                "{name}: commands stand in blocks marked sh or console, not `{fence}`"
            );
        } else if language.is_none() && line.starts_with('#') {
            line.trim_start_matches(['#', ' ']).clone_into(&mut heading);
        }
        let typed = match language.as_deref() {
            Some("sh") => Some(line),
            Some("console") => line.strip_prefix("$ "),
            _ => None,
        };
        let typed = typed.filter(|line| !line.is_empty() && !line.starts_with(['#', '`']));
        let is_elsewhere = TYPED_ELSEWHERE
            .iter()
            .any(|(page, part, _)| *page == name && *part == heading);
        if let Some(command) = typed.filter(|_| !is_elsewhere) {
            commands.push(command.to_owned());
        }
    }
    Page { name, commands }
}

fn is_held_elsewhere(command: &str) -> bool {
    HELD_ELSEWHERE
        .iter()
        .any(|(begin, _)| command.starts_with(begin))
}

/// A computer with a home, two AI clients, a key `ci` that may only read, some pages of text, and the repository's
/// `deploy/` at hand.
struct Computer {
    home: TempDir,
    first: Terminal,
    /// Where the server runs.
    second: Terminal,
    port: String,
    zulip: Zulip,
}

impl Computer {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let here = |name: &str| home.path().join(name);
        for folder in [".cursor", ".config/Code/User", "pages", "bin"] {
            fs::create_dir_all(here(folder)).unwrap();
        }
        symlink(workspace().join("deploy"), here("deploy")).unwrap();
        symlink(env!("CARGO_BIN_EXE_genkan"), here("bin/genkan")).unwrap();
        fs::copy(workspace().join("docs/keys.md"), here("pages/keys.md")).unwrap();
        let variable = |name: &str| format!("{}/{name}", home.path().display());
        let path = format!("{}:{}", variable("bin"), std::env::var("PATH").unwrap());
        let variables = [
            ("HOME", home.path().display().to_string()),
            ("PATH", path),
            ("GENKAN_DATA_DIR", variable(".local/share/genkan")),
            // Port 8137 may be another's.
            ("GENKAN_SERVER__BIND", "127.0.0.1:0".to_owned()),
        ];
        let terminal = || Terminal::open(home.path(), &variables);
        let (first, second) = (terminal(), terminal());
        Self {
            home,
            first,
            second,
            port: "8137".to_owned(),
            zulip: Zulip::start().await,
        }
    }

    fn serve(&mut self) {
        let told = self
            .second
            .starts("genkan serve", "Ctrl-C ends the server.");
        let port = told
            .split("http://127.0.0.1:")
            .nth(1)
            .unwrap()
            .split('/')
            .next();
        port.unwrap().clone_into(&mut self.port);
    }

    /// Types the command; what was wrong with how it ended.
    fn types(&mut self, command: &str, postgres: Option<&str>) -> Option<String> {
        let mut line = command.replace("127.0.0.1:8137", &format!("127.0.0.1:{}", self.port));
        let zulip = self.zulip.site.trim_start_matches("http://");
        line = line.replace(ZULIP, zulip);
        if let Some(url) = postgres {
            line = line.replace(POSTGRES, &format!("'{url}'"));
        }
        let ended = self.first.run(&line);
        let must = FAILS.iter().find(|(known, _)| command.starts_with(known));
        let must = must.map_or(0, |(_, code)| *code);
        (ended.code != must)
            .then(|| format!("`{command}` ended with {}: {}", ended.code, ended.text))
    }
}

/// Types what a page shows; what was wrong, and how much was typed.
async fn reads(page: &Page) -> (Vec<String>, usize) {
    let commands = page
        .commands
        .iter()
        .filter(|command| !is_held_elsewhere(command));
    let commands: Vec<&String> = commands.collect();
    if commands.is_empty() {
        return (Vec::new(), 0);
    }
    let database = match commands.iter().any(|command| command.contains(POSTGRES)) {
        true => TestDb::postgres().await,
        false => None,
    };
    let postgres = database.as_ref().and_then(TestDb::url);
    let mut computer = Computer::new().await;
    if !WITHOUT_SERVER.contains(&page.name.as_str()) {
        computer.serve();
    }
    if page.name != "docs/start.md" {
        computer
            .first
            .run("genkan key create ci --role viewer > ci.key")
            .ok();
    }
    let (mut faults, mut count) = (Vec::new(), 0);
    for command in commands {
        if command == "genkan serve" {
            computer.serve();
        } else if postgres.is_none() && command.starts_with("genkan restore monday.jsonl") {
            eprintln!("skipped: GENKAN_TEST_POSTGRES is not set: {command}");
        } else if let Some(fault) = computer.types(command, postgres.as_deref()) {
            faults.push(format!("{}: {fault}", page.name));
        }
        count += 1;
    }
    drop(computer.home);
    (faults, count)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_documents_does_what_it_says() {
    let (mut faults, mut count) = (Vec::new(), 0);
    for page in &pages() {
        let (more, typed) = reads(page).await;
        faults.extend(more);
        count += typed;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 45, "only {count} commands were found");
}

#[test]
fn commands_of_a_service_run_as_its_unit_does() {
    let page = page(Path::new("docs/service.md"));
    let mut commands = page.commands.iter();
    let runs = commands.find(|command| command.starts_with("as_service() {"));
    let unit = fs::read_to_string(workspace().join("deploy/systemd/genkan.service")).unwrap();
    for (words, line) in [
        ("--uid=genkan", "User=genkan"),
        ("-p StateDirectory=genkan", "StateDirectory=genkan"),
        ("-p StateDirectoryMode=0700", "StateDirectoryMode=0700"),
        ("-p UMask=0077", "UMask=0077"),
        (
            "-E GENKAN_DATA_DIR=/var/lib/genkan",
            "Environment=GENKAN_DATA_DIR=/var/lib/genkan",
        ),
        (
            "-p EnvironmentFile=-/etc/genkan/environment",
            "EnvironmentFile=-/etc/genkan/environment",
        ),
        (
            "/usr/local/bin/genkan \"$@\"",
            "ExecStart=/usr/local/bin/genkan serve",
        ),
    ] {
        assert!(runs.unwrap().contains(&format!(" {words}")), "{words}");
        assert!(unit.lines().any(|other| other == line), "{line}");
    }
}

#[test]
fn what_a_machine_needs_is_said_alike_everywhere() {
    let text = |path: &str| fs::read_to_string(workspace().join(path)).unwrap();
    let (page, script) = (text("docs/troubleshooting.md"), text("deploy/install.sh"));
    for told in [
        "glibc 2.35 or newer",
        "there is no release for ",
        "the program does not start on this machine",
    ] {
        assert!(page.contains(told) && script.contains(told), "{told}");
    }
    let manifest = text("Cargo.toml");
    let rust = manifest.split("\nrust-version = \"").nth(1).unwrap();
    let told = format!("Rust {} or newer", rust.split('"').next().unwrap());
    for other in ["README.md", "docs/start.md", "docs/troubleshooting.md"] {
        assert!(text(other).contains(&told), "{other} has no `{told}`");
    }
}

#[test]
fn what_is_not_typed_is_still_there_and_names_what_is_there() {
    let pages = pages();
    let all: Vec<&String> = pages.iter().flat_map(|page| &page.commands).collect();
    for (begin, _) in HELD_ELSEWHERE {
        let is_used = all.iter().any(|command| command.starts_with(begin));
        assert!(is_used, "no document has `{begin}` any more");
    }
    for (command, _) in FAILS {
        assert!(
            all.iter().any(|line| line.starts_with(command)),
            "{command}"
        );
    }
    for (page, part, test) in TYPED_ELSEWHERE {
        let text = fs::read_to_string(workspace().join(page)).unwrap();
        assert!(text.contains(&format!("\n## {part}\n")), "{page}: {part}");
        assert!(
            workspace()
                .join("crates/genkan/tests/it")
                .join(test)
                .exists(),
            "{test}"
        );
    }
    // Files of the repository that these commands name are there.
    let words = all.iter().flat_map(|command| command.split_whitespace());
    let files = words.filter(|word| word.starts_with("deploy/"));
    let mut count = 0;
    for file in files.filter(|file| !file.contains("/secrets/")) {
        assert!(workspace().join(file).exists(), "{file}");
        count += 1;
    }
    assert!(count >= 10, "{count}");
}
