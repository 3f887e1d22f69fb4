//! What MessagePack allows and what it does not.

use super::check;
use crate::codec::Fault;
use crate::proto::Serializer;

#[test]
fn structure() {
    check(
        Serializer::MsgPack,
        &[
            b"\xc0",
            b"\xc2",
            b"\xc3",
            b"\x7f",
            b"\xe0",
            b"\xcc\xff",
            b"\xcd\xff\xff",
            b"\xce\xff\xff\xff\xff",
            b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\xd0\x80",
            b"\xd1\x80\0",
            b"\xd2\x80\0\0\0",
            b"\xd3\x80\0\0\0\0\0\0\0",
            b"\xca\x7f\xc0\0\0",
            b"\xcb\x7f\xf8\0\0\0\0\0\0",
            b"\xa3\xe2\x82\xac",
            b"\xd9\x01a",
            b"\xda\0\x01a",
            b"\xdb\0\0\0\x01a",
            b"\xc4\x01\xff",
            b"\xc5\0\x01\xff",
            b"\xc6\0\0\0\x01\xff",
            b"\x92\x01\x02",
            b"\xdc\0\x01\x01",
            b"\xdd\0\0\0\x01\x01",
            b"\x81\xa1a\x80",
            b"\xde\0\x01\xa1a\x01",
            b"\xdf\0\0\0\x01\xa1a\x01",
            b"\xd4\x01\0",
            b"\xd5\x01\0\0",
            b"\xd6\xff\0\0\0\0",
            b"\xc7\x02\x05ab",
            b"\xc8\0\x01\x05a",
            b"\xc9\0\0\0\x01\x05a",
        ],
        &[
            (b"", Fault::End),
            (b"\xc1", Fault::Byte(0xc1)),
            (b"\xcd\xff", Fault::End),
            (b"\xa2\xff\xfe", Fault::Utf8),
            (b"\xa2a", Fault::End),
            (b"\x81\x01\x02", Fault::Key),
            (b"\x81\xc4\x01a\x02", Fault::Key),
            (b"\x91\x81\x91\x01\x01", Fault::Key),
            (b"\x81\xa1a", Fault::End),
            (b"\x01\x01", Fault::Trailing),
            (b"\xd4\x01", Fault::End),
        ],
    );
}

/// A length is held against the bytes that are there before anything is made of it.
#[test]
fn lengths_beyond_the_frame() {
    check(
        Serializer::MsgPack,
        &[],
        &[
            (b"\xdd\xff\xff\xff\xff", Fault::End),
            (b"\xdf\xff\xff\xff\xff", Fault::End),
            (b"\xdb\xff\xff\xff\xff", Fault::End),
            (b"\xc6\xff\xff\xff\xff", Fault::End),
            (b"\xc9\xff\xff\xff\xff\x05", Fault::End),
        ],
    );
}
