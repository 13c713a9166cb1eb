//! The product's binary, under the driver of the testkit.

pub(crate) use genkan_testkit::binary::*;

/// The binary on a data folder of its own.
pub(crate) fn genkan() -> Binary {
    Binary::new(env!("CARGO_BIN_EXE_genkan"))
}
