//! How a section of settings is written down: once, as a list of documented keys.
//!
//! The list gives the typed struct, the reader, the command `config show` and the reference in
//! `docs/reference/settings.md`, so that none of them can know a key that the others do not.

use crate::settings::value::Raw;

/// When a new value of a key holds for a server that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applies {
    /// From the next call, session or connection on.
    AtOnce,
    /// When the server starts again.
    AtRestart,
}

/// One key, as the reader and the reference know it.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the reference is written by a test")
)]
pub(crate) struct Key {
    /// `section.key`.
    pub(crate) path: String,
    /// What it means.
    pub(crate) about: &'static str,
    /// What kind of value it takes.
    pub(crate) kind: &'static str,
    /// The default in its text form; `None` is "absent".
    pub(crate) default: Option<&'static str>,
    /// Whether its value must never be shown.
    pub(crate) secret: bool,
    /// When a new value holds.
    pub(crate) applies: Applies,
    /// Says what is wrong with a value, if it is.
    pub(crate) check: fn(&Raw) -> Result<(), String>,
}

impl Key {
    /// The environment variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!(
            "GENKAN_{}",
            self.path.replace('.', "__").to_ascii_uppercase()
        )
    }

    /// The name of its file in the secrets folder. Section `secrets` lends no name of its own.
    pub(crate) fn secret_file(&self) -> String {
        let short = self.path.strip_prefix("secrets.").unwrap_or(&self.path);
        format!("genkan_{}", short.replace('.', "_"))
    }
}

/// Declares one section: the struct, its keys and how it is read.
///
/// A key with `AtOnce` behind its default takes effect in a server that runs; it must be in what
/// `Settings::for_engine`, `Settings::for_doors` or the log are told.
macro_rules! section {
    (@) => { $crate::settings::section::Applies::AtRestart };
    (@ AtOnce) => { $crate::settings::section::Applies::AtOnce };
    (
        $(#[doc = $about:literal])+
        $Section:ident $section:literal {
            $( $(#[doc = $doc:literal])+ $key:ident: $type:ty = $default:expr $(, $at_once:ident)?; )*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        pub(crate) struct $Section {
            $( $(#[doc = $doc])+ pub(crate) $key: $type, )*
        }

        impl $Section {
            /// The section's name.
            #[cfg(test)]
            pub(crate) const NAME: &'static str = $section;

            /// What the section is about.
            #[cfg(test)]
            pub(crate) const ABOUT: &'static str = concat!($($about, "\n"),+);

            /// The keys, in the order of the reference.
            pub(crate) fn keys() -> Vec<$crate::settings::section::Key> {
                Self::keys_at($section)
            }

            /// The same keys in another section.
            pub(in $crate::settings) fn keys_at(section: &str) -> Vec<$crate::settings::section::Key> {
                vec![$(
                    $crate::settings::section::Key {
                        path: format!("{section}.{}", stringify!($key)),
                        about: concat!($($doc, "\n"),+),
                        kind: <$type as $crate::settings::value::Value>::KIND,
                        default: $default,
                        secret: <$type as $crate::settings::value::Value>::SECRET,
                        applies: $crate::settings::section::section!(@ $($at_once)?),
                        check: |raw| <$type as $crate::settings::value::Value>::parse(raw).map(drop),
                    },
                )*]
            }

            /// Reads the section; `None` if a value is wrong, which the reader remembers.
            pub(in $crate::settings) fn read(
                reader: &mut $crate::settings::reader::Reader,
            ) -> Option<Self> {
                Self::read_at(reader, $section)
            }

            /// Reads the same keys from another section.
            pub(in $crate::settings) fn read_at(
                reader: &mut $crate::settings::reader::Reader,
                section: &str,
            ) -> Option<Self> {
                $( let $key = reader.take::<$type>(&format!("{section}.{}", stringify!($key)), $default); )*
                Some(Self { $( $key: $key?, )* })
            }
        }
    };
}

pub(in crate::settings) use section;
