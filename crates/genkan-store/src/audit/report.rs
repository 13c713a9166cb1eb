//! Pages of records.
