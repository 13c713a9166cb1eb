//! The way from a client to this house: a program that it starts, or an address that it calls.

use std::path::PathBuf;

use genkan_core::{Code, Error, Result, Secret, id::ProfileName};

use crate::{commands::text::profile, surroundings::Surroundings};

/// What a client needs to know.
#[derive(Debug)]
pub(super) enum Way {
    /// It starts us.
    Stdio {
        /// This program.
        command: String,
        /// `stdio` and what makes it find this house.
        args: Vec<String>,
    },
    /// It calls a server.
    Http {
        /// The address of the endpoint.
        url: String,
        /// What it shows there.
        key: Key,
    },
}

/// Where a client takes its API key from.
#[derive(Debug)]
pub(super) enum Key {
    /// From this variable of its environment.
    Variable(String),
    /// From its file itself.
    Text(Secret<String>),
}

/// The flags that choose the way.
#[derive(Debug, clap::Args)]
pub(super) struct Flags {
    /// Let the client call this server, instead of starting `genkan stdio`
    #[arg(long, value_name = "URL", value_parser = address)]
    http: Option<String>,
    /// With --http: the variable of the client's environment that holds its API key
    #[arg(
        long,
        value_name = "NAME",
        default_value = "MCP_GENKAN_KEY",
        requires = "http"
    )]
    key_variable: String,
    /// With --http: write the API key in this file into the client's own file
    #[arg(long, value_name = "FILE", requires = "http")]
    key_file: Option<PathBuf>,
    /// The profile to show, when the client starts `genkan stdio`
    #[arg(long, value_name = "NAME", conflicts_with = "http", value_parser = profile)]
    profile: Option<ProfileName>,
}

impl Flags {
    /// What the flags and the surroundings say.
    pub(super) fn way(&self, surroundings: &Surroundings) -> Result<Way> {
        match &self.http {
            Some(url) => Ok(Way::Http {
                url: url.clone(),
                key: self.key()?,
            }),
            None => self.stdio(surroundings),
        }
    }

    fn key(&self) -> Result<Key> {
        let Some(path) = &self.key_file else {
            return Ok(Key::Variable(self.key_variable.clone()));
        };
        let text = std::fs::read_to_string(path).map_err(|error| {
            let message = format!("the key file `{}` cannot be read: {error}", path.display());
            Error::new(Code::InvalidArguments, message)
                .hint("Name a file that holds one API key, such as `admin.key`.")
                .source(error)
        })?;
        let text = text.trim();
        if !text.starts_with("gk_") || text.contains(char::is_whitespace) {
            let message = format!("the file `{}` does not hold one API key", path.display());
            return Err(Error::new(Code::InvalidArguments, message)
                .hint("Make a key with `genkan key create`; it begins with `gk_`."));
        }
        Ok(Key::Text(Secret::new(text.to_owned())))
    }

    /// A client starts us with little of this environment: what it holds of us goes into the words.
    fn stdio(&self, surroundings: &Surroundings) -> Result<Way> {
        let program = std::env::current_exe().map_err(Error::internal)?;
        let mut args = vec!["stdio".to_owned()];
        let mut word = |flag: &str, value: String| args.extend([flag.to_owned(), value]);
        if let Some(profile) = &self.profile {
            word("--profile", profile.as_str().to_owned());
        }
        let environment = &surroundings.environment;
        let is_named =
            surroundings.global.data_dir.is_some() || environment.find("GENKAN_DATA_DIR").is_some();
        if is_named {
            word(
                "--data-dir",
                surroundings.folder()?.path().display().to_string(),
            );
        }
        let config = surroundings.global.config.clone();
        if let Some(config) = config.or_else(|| environment.find_path("GENKAN_CONFIG")) {
            let config = std::path::absolute(config).map_err(Error::internal)?;
            word("--config", config.display().to_string());
        }
        Ok(Way::Stdio {
            command: program.display().to_string(),
            args,
        })
    }
}

fn address(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !text.contains(char::is_whitespace) => {
            Ok(text.to_owned())
        }
        _ => Err("it must be an address such as https://genkan.example.org/mcp".to_owned()),
    }
}
