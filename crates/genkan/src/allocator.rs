//! The allocator of the process: mimalloc, chosen by measurement
//! (docs/decisions/0003-allocator.md).

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
