//! `model.safetensors`: the length of a header, the header as JSON, then the numbers.

use std::collections::HashMap;

use serde::Deserialize;

/// The longest header that is read, in bytes.
const HEADER_BYTES: usize = 1 << 20;
/// The most numbers that a vector has.
const DIMENSIONS: usize = 4_096;
/// How long the length of the header is, in bytes.
const LENGTH_BYTES: usize = 8;

/// The vectors of a model.
pub(super) struct Tensors {
    /// How many there are.
    pub(super) rows: usize,
    /// How many numbers each has.
    pub(super) dimensions: usize,
    /// All numbers, one vector after the other.
    pub(super) vectors: Vec<f32>,
}

#[derive(Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

impl Tensors {
    /// Reads the tensor `embeddings`. The error says what is wrong with the file.
    pub(super) fn read(file: &[u8]) -> Result<Self, String> {
        let (header, numbers) = split(file)?;
        let mut header: HashMap<String, serde_json::Value> =
            serde_json::from_slice(header).map_err(|error| format!("its header: {error}"))?;
        // Models whose pieces share vectors, or weigh them, would be read wrongly.
        if let Some(name) = ["mapping", "weights"]
            .iter()
            .find(|name| header.contains_key(**name))
        {
            return Err(format!("it has a tensor `{name}`, which is not supported"));
        }
        let tensor = header
            .remove("embeddings")
            .ok_or("it has no tensor `embeddings`")?;
        let tensor: Tensor = serde_json::from_value(tensor)
            .map_err(|error| format!("its tensor `embeddings`: {error}"))?;
        let [rows, dimensions] = tensor.shape[..] else {
            return Err(format!(
                "its tensor has {} dimensions, not two",
                tensor.shape.len()
            ));
        };
        if dimensions > DIMENSIONS {
            return Err(format!(
                "its vectors have {dimensions} numbers; {DIMENSIONS} are allowed"
            ));
        }
        let [begin, end] = tensor.data_offsets;
        let numbers = numbers
            .get(begin..end)
            .ok_or("it ends before its numbers do")?;
        let vectors = match tensor.dtype.as_str() {
            "F32" => numbers.chunks_exact(4).map(single).collect(),
            "F16" => numbers.chunks_exact(2).map(half).collect::<Vec<f32>>(),
            other => return Err(format!("its numbers are of type {other:?}, not F32 or F16")),
        };
        if dimensions == 0 || rows.checked_mul(dimensions) != Some(vectors.len()) {
            return Err(format!(
                "{rows} vectors of {dimensions} numbers do not fill it"
            ));
        }
        if !vectors.iter().all(|number| number.is_finite()) {
            return Err("it holds what is no number".to_owned());
        }
        Ok(Self {
            rows,
            dimensions,
            vectors,
        })
    }
}

fn split(file: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let (length, rest) = file
        .split_first_chunk::<LENGTH_BYTES>()
        .ok_or("it is too short to be one")?;
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    if length > HEADER_BYTES {
        return Err("its header is too long, or it is no such file".to_owned());
    }
    rest.split_at_checked(length)
        .ok_or_else(|| "it ends within its header".to_owned())
}

fn single(bytes: &[u8]) -> f32 {
    bytes.try_into().map_or(f32::NAN, f32::from_le_bytes)
}

/// A number of IEEE 754 binary16.
fn half(bytes: &[u8]) -> f32 {
    let bits = u32::from(u16::from_le_bytes([bytes[0], bytes[1]]));
    let (sign, exponent, fraction) = ((bits >> 15) << 31, (bits >> 10) & 31, bits & 1023);
    match exponent {
        31 => f32::NAN,
        // 2⁻²⁴ for each step of a fraction that has no exponent.
        0 => {
            f32::from_bits(sign | 0x3f80_0000) * f32::from(u16::try_from(fraction).unwrap_or(0))
                / 16_777_216.0
        }
        _ => f32::from_bits(sign | ((exponent + 112) << 23) | (fraction << 13)),
    }
}
