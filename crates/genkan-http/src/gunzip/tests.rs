//! Whole, cut, empty and huge streams.

use flate2::{Compression, write::GzEncoder};

use super::*;

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn unpack(parts: &[&[u8]]) -> std::io::Result<(Vec<u8>, usize)> {
    let (mut gunzip, mut all, mut longest) = (Gunzip::new(), Vec::new(), 0);
    for part in parts {
        gunzip.feed(Bytes::copy_from_slice(part));
        while let Some(bytes) = gunzip.next()? {
            longest = longest.max(bytes.len());
            all.extend_from_slice(&bytes);
        }
    }
    all.extend_from_slice(&gunzip.finish()?);
    Ok((all, longest))
}

#[test]
fn what_was_packed_comes_out_however_it_is_cut() {
    let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let packed = packed(&content);
    for size in [1, 7, 1_000, packed.len()] {
        let parts: Vec<_> = packed.chunks(size).collect();
        assert_eq!(unpack(&parts).unwrap().0, content, "{size}");
    }
}

#[test]
fn two_members_are_one_content() {
    let both = [packed(b"one "), packed(b"two")].concat();
    assert_eq!(unpack(&[&both]).unwrap().0, b"one two");
}

#[test]
fn a_cut_or_foreign_stream_is_an_error() {
    let whole = packed(b"something that is packed");
    assert!(unpack(&[&whole[..whole.len() - 9]]).is_err());
    assert!(unpack(&[b"<html>not packed</html>"]).is_err());
}

#[test]
fn a_bomb_comes_in_small_pieces() {
    let bomb = packed(&vec![0; 64 << 20]);
    let (all, longest) = unpack(&[&bomb]).unwrap();
    assert_eq!(all.len(), 64 << 20);
    assert!(longest <= 2 << 20, "{longest}");
}
