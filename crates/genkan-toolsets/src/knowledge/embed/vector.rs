//! A vector as it is stored and compared: small whole numbers, so that it is the same number on every
//! machine and on both databases.

/// The largest number of a dimension.
const MOST: f32 = 127.0;

/// A vector of numbers from -127 to 127.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Vector {
    numbers: Vec<i8>,
    /// How long it is; 0 if it has no numbers.
    length: f64,
}

impl Vector {
    /// The vector in the direction of these numbers; none if they are all zero, or no numbers.
    pub(crate) fn of(numbers: &[f32]) -> Option<Self> {
        let largest = numbers.iter().fold(0.0_f32, |most, n| most.max(n.abs()));
        if largest <= 0.0 || !largest.is_finite() || numbers.iter().any(|n| n.is_nan()) {
            return None;
        }
        #[allow(
            clippy::cast_possible_truncation,
            reason = "between -127 and 127 by now"
        )]
        let small = |number: &f32| (number / largest * MOST).round() as i8;
        Some(Self::new(numbers.iter().map(small).collect()))
    }

    /// Reads what [`Self::written`] wrote.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if !digits.len().is_multiple_of(2) {
            return None;
        }
        let mut numbers = Vec::with_capacity(digits.len() / 2);
        for pair in digits.chunks_exact(2) {
            let (upper, lower) = (DIGITS[usize::from(pair[0])], DIGITS[usize::from(pair[1])]);
            if upper > 15 || lower > 15 {
                return None;
            }
            numbers.push((upper << 4 | lower).cast_signed());
        }
        Some(Self::new(numbers))
    }

    /// Two hexadecimal digits for each dimension.
    pub(crate) fn written(&self) -> String {
        let digits = |number: &i8| {
            let byte = number.cast_unsigned();
            [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        };
        self.numbers.iter().flat_map(digits).collect()
    }

    /// How alike two directions are: 1 is the same, 0 has nothing to do with it. Vectors with other
    /// numbers of dimensions have nothing to do with each other.
    pub(crate) fn cosine(&self, other: &Self) -> f64 {
        let lengths = self.length * other.length;
        if self.numbers.len() != other.numbers.len() || lengths <= 0.0 {
            return 0.0;
        }
        f64::from(product(&self.numbers, &other.numbers)) / lengths
    }

    fn new(numbers: Vec<i8>) -> Self {
        let length = f64::from(product(&numbers, &numbers)).sqrt();
        Self { numbers, length }
    }
}

/// As many numbers as a vector may have, a sum of theirs never leaves an `i32`.
fn product(one: &[i8], other: &[i8]) -> i32 {
    let pairs = one.iter().zip(other);
    pairs.map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

/// What each byte is as a hexadecimal digit; more than 15 if it is none. A search reads millions.
const DIGITS: [u8; 256] = {
    let mut digits = [u8::MAX; 256];
    let mut value = 0_u8;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    digits
};
