//! Which addresses may be reached: the public ones, and those that settings list.
//!
//! Everything else is refused: loopback, private, link-local and shared ranges, metadata services,
//! multicast, documentation and reserved ranges, and every IPv6 form that hides an IPv4 address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use genkan_core::Network;

/// Decides about addresses.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allowed: Vec<Network>,
}

/// IPv4 outside the public internet (RFC 6890 and its registry), and the metadata service that
/// Azure has at a public address.
const CLOSED_V4: [(Ipv4Addr, u8); 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// IPv6 that is routed at all.
const OPEN_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What is closed within: protocol assignments with Teredo, documentation, 6to4, benchmarks.
const CLOSED_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

impl Guard {
    /// Allows these networks beside the public addresses.
    pub fn new(allowed: Vec<Network>) -> Self {
        Self { allowed }
    }

    /// Whether this address may be reached. An IPv4 address in IPv6 form counts as what it is.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(address)) || is_public(address)
    }
}

fn is_public(address: IpAddr) -> bool {
    let within = |(base, bits): (IpAddr, u8)| Network::new(base, bits).contains(address);
    match address {
        IpAddr::V4(_) => !CLOSED_V4
            .iter()
            .any(|&(base, bits)| within((base.into(), bits))),
        IpAddr::V6(_) => {
            within((OPEN_V6.0.into(), OPEN_V6.1))
                && !CLOSED_V6
                    .iter()
                    .any(|&(base, bits)| within((base.into(), bits)))
        }
    }
}

#[cfg(test)]
mod tests;
