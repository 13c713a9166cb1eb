//! `deploy/install.sh` on a release of ours, from a folder and from an address.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
};

use tempfile::TempDir;

use super::{deploy, said, script};

/// What the archive of our release holds in the place of the program.
const PROGRAM: &str = "#!/bin/sh\necho genkan 9.9.9\n";

/// A folder with a release of this name for this machine, as the release workflow lays it out.
struct Release {
    folder: TempDir,
    archive: String,
}

impl Release {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let target = match (std::env::consts::OS, std::env::consts::ARCH) {
            ("linux", architecture) => format!("{architecture}-unknown-linux-gnu"),
            (_, architecture) => format!("{architecture}-apple-darwin"),
        };
        let name = format!("genkan-v9.9.9-{target}");
        fs::create_dir(folder.path().join(&name)).unwrap();
        fs::write(folder.path().join(&name).join("genkan"), PROGRAM).unwrap();
        fs::copy(deploy("install.sh"), folder.path().join("install.sh")).unwrap();
        let release = Self {
            folder,
            archive: format!("{name}.tar.gz"),
        };
        release.shell(&format!(
            "tar czf {0} {name} && rm -r {name}",
            release.archive
        ));
        release.shell("sha256sum -- * > SHA256SUMS");
        release
    }

    fn shell(&self, line: &str) {
        let folder = self.folder.path();
        let done = Command::new("sh")
            .args(["-c", line])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(done.status.success(), "{line}: {done:?}");
    }

    fn place(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    /// Serves the folder on loopback, for as long as the tests run.
    fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let folder = self.folder.path().to_owned();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                    request.push(byte[0]);
                }
                let request = String::from_utf8(request).unwrap();
                let path = request.split(' ').nth(1).unwrap().trim_start_matches('/');
                let (status, body) = match fs::read(folder.join(path)) {
                    Ok(body) => ("200 OK", body),
                    Err(_) => ("404 Not Found", Vec::new()),
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                stream.write_all(head.as_bytes()).unwrap();
                stream.write_all(&body).unwrap();
            }
        });
        format!("http://{address}")
    }
}

/// Installs from here, into a fresh home.
fn install(from: &str) -> (Output, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let to = home.path().join("bin");
    let arguments = ["--from", from, "--to", to.to_str().unwrap()];
    let output = script("install.sh", &arguments, home.path());
    (output, home)
}

fn is_refused(output: &Output, home: &TempDir, why: &str) {
    let text = said(output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains(why) && text.contains("hint: "), "{text}");
    assert!(!home.path().join("bin/genkan").exists(), "{text}");
}

#[test]
fn the_program_is_installed_from_a_folder_and_from_an_address() {
    let release = Release::new();
    for from in [release.place().to_owned(), release.serve()] {
        let (output, home) = install(&from);
        assert!(output.status.success(), "{from}: {}", said(&output));
        assert!(
            said(&output).contains("Installed genkan 9.9.9"),
            "{output:?}"
        );
        let program = home.path().join("bin/genkan");
        assert_eq!(fs::read_to_string(&program).unwrap(), PROGRAM);
        assert_eq!(
            fs::metadata(&program).unwrap().permissions().mode() & 0o777,
            0o755
        );
        let all = fs::read_dir(home.path().join("bin")).unwrap().count();
        assert_eq!(all, 1, "nothing else is left there");
    }
}

#[test]
fn an_older_program_is_replaced_and_the_folder_of_the_script_is_the_default() {
    let release = Release::new();
    let to = release.folder.path().join("bin");
    fs::create_dir(&to).unwrap();
    fs::write(to.join("genkan"), "older").unwrap();
    let script = release.folder.path().join("install.sh");
    let output = Command::new("sh")
        .arg(script)
        .arg("--to")
        .arg(&to)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(fs::read_to_string(to.join("genkan")).unwrap(), PROGRAM);
}

#[test]
fn a_wrong_checksum_installs_nothing() {
    let release = Release::new();
    let archive = release.folder.path().join(&release.archive);
    let mut bytes = fs::read(&archive).unwrap();
    bytes.push(0);
    fs::write(&archive, bytes).unwrap();
    for from in [release.place().to_owned(), release.serve()] {
        let (output, home) = install(&from);
        is_refused(&output, &home, "has another checksum than SHA256SUMS gives");
    }
}

#[test]
fn what_cannot_be_checked_is_not_installed() {
    let release = Release::new();
    let sums = release.folder.path().join("SHA256SUMS");
    let good = fs::read_to_string(&sums).unwrap();
    let line = good.lines().find(|line| line.contains(".tar.gz")).unwrap();
    let twice = format!("{line}\n{}\n", line.replace("v9.9.9", "v9.9.8"));
    let path = line.replace("genkan-v", "../genkan-v");
    for (text, why) in [
        ("", "lists no archive"),
        ("not a checksum\n", "lists no archive"),
        (&path, "lists no archive"),
        (&twice, "lists several archives"),
    ] {
        fs::write(&sums, text).unwrap();
        let (output, home) = install(release.place());
        is_refused(&output, &home, why);
    }
    fs::remove_file(&sums).unwrap();
    let (output, home) = install(release.place());
    is_refused(&output, &home, "SHA256SUMS is not there");
    let (output, home) = install(&release.serve());
    is_refused(&output, &home, "cannot download");
    let (output, home) = install("http://example.com/release");
    is_refused(&output, &home, "is not an https address");
}
