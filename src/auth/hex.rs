//! Hexadecimal text.

/// The bytes in lower-case digits.
pub(super) fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

/// As many bytes as wanted, from digits of either case; `None` for anything else.
pub(super) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = byte_of(pair)?;
    }
    Some(bytes)
}

/// However many bytes the digits stand for.
pub(super) fn decode_all(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    (text.len().is_multiple_of(2)).then(|| pairs.map(byte_of).collect())?
}

fn byte_of(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back() {
        assert_eq!(encode(&[0x00, 0x9f, 0xa0]), "009fa0");
        assert_eq!(decode("009FA0"), Some([0x00, 0x9f, 0xa0]));
        for not_three_bytes in ["", "009fa", "009fa000", "009fag", "ä9fa0", "+09fa0"] {
            assert_eq!(decode::<3>(not_three_bytes), None, "{not_three_bytes}");
        }
        assert_eq!(decode_all("009fA0"), Some(vec![0x00, 0x9f, 0xa0]));
        assert_eq!(decode_all("009fa"), None);
        assert_eq!(decode_all("009g"), None);
    }
}
