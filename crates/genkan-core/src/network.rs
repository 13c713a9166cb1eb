//! A network of addresses in CIDR form (RFC 4632): who is believed, and where may be gone.

use std::{fmt, net::IpAddr};

/// An address, or a network of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// The network of this address and prefix length.
    pub const fn new(address: IpAddr, bits: u8) -> Self {
        Self { address, bits }
    }

    /// Reads `10.0.0.0/8`, or an address alone. The error says more than "this is none", or nothing.
    pub fn check(text: &str) -> Result<Self, &'static str> {
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.parse().map_err(|_| "")?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits
            .map_or(Ok(widest), str::parse)
            .map_err(|_| ", whose size is no number")?;
        if bits > widest {
            return Err(", whose size is too large");
        }
        Ok(Self { address, bits })
    }

    /// Whether an address belongs to it. IPv4 and IPv6 are apart.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (ours, theirs, width) = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (ours.to_bits().into(), theirs.to_bits().into(), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => (ours.to_bits(), theirs.to_bits(), 128),
            _ => return false,
        };
        let free = u32::saturating_sub(width, self.bits.into());
        let differing: u128 = ours ^ theirs;
        differing.checked_shr(free).unwrap_or(0) == 0
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}
