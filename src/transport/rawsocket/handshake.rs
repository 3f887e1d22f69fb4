//! The RawSocket handshake: four octets each way.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{ByteStream, RawSocket};
use crate::proto::Serializer;
use crate::transport::Transport;
use crate::transport::listener::Longest;

/// The first octet of a request and of a reply, which no HTTP request begins with.
pub(in crate::transport) const MAGIC: u8 = 0x7F;

/// Why a router turns a RawSocket client away.
///
/// Source: Advanced Profile, "RawSocket Transport", the error codes of "Router-to-Client Reply".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 1: the router does not speak the serializer.
    #[error("the serializer is not supported")]
    Serializer,
    /// 2: the router does not agree to the maximum length of messages.
    #[error("the maximum message length is not acceptable")]
    Length,
    /// 3: a reserved bit of the request was set.
    #[error("a reserved bit was used")]
    ReservedBits,
    /// 4: the router has too many connections.
    #[error("the maximum connection count is reached")]
    Full,
    /// 0, or 5 to 15: not defined.
    #[error("error {0}")]
    Unknown(u8),
}

impl Refusal {
    const fn from_nibble(nibble: u8) -> Self {
        match nibble {
            1 => Self::Serializer,
            2 => Self::Length,
            3 => Self::ReservedBits,
            4 => Self::Full,
            other => Self::Unknown(other),
        }
    }

    const fn nibble(self) -> u8 {
        match self {
            Self::Serializer => 1,
            Self::Length => 2,
            Self::ReservedBits => 3,
            Self::Full => 4,
            Self::Unknown(other) => other,
        }
    }
}

/// Why a handshake failed at the router's side.
#[derive(Debug)]
pub(in crate::transport) enum ServerHandshakeError {
    Io(io::Error),
    /// The client was turned away.
    Refused(Refusal),
}

impl From<io::Error> for ServerHandshakeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The router's side: agrees to one of `serializers`. Takes frames up to the largest power of two that is not over the `longest` of
/// its serializer; see [`length_nibble`].
pub(in crate::transport) async fn accept(
    mut stream: ByteStream,
    peer: String,
    serializers: &[Serializer],
    longest: Longest,
) -> Result<Box<dyn Transport>, ServerHandshakeError> {
    let mut request = [0; 4];
    stream.read_exact(&mut request).await?;
    let [_, lengths, reserved @ ..] = request;
    let asked = Serializer::from_nibble(lengths & 0x0F);
    let refusal = match asked.filter(|asked| serializers.contains(asked)) {
        _ if reserved != [0, 0] => Refusal::ReservedBits,
        None => Refusal::Serializer,
        Some(serializer) => {
            let ours = length_nibble(longest.of(serializer));
            let reply = [MAGIC, ours << 4 | serializer.nibble(), 0, 0];
            stream.write_all(&reply).await?;
            stream.flush().await?;
            return Ok(Box::new(RawSocket::new(
                stream,
                peer,
                serializer,
                length(ours),
                length(lengths >> 4),
            )));
        }
    };
    reply_error(&mut stream, refusal).await?;
    Err(ServerHandshakeError::Refused(refusal))
}

/// Reads a request and turns the client away whatever it asks for.
pub(in crate::transport) async fn refuse(
    mut stream: ByteStream,
    refusal: Refusal,
) -> io::Result<()> {
    let mut request = [0; 4];
    stream.read_exact(&mut request).await?;
    reply_error(&mut stream, refusal).await
}

async fn reply_error(stream: &mut ByteStream, refusal: Refusal) -> io::Result<()> {
    stream
        .write_all(&[MAGIC, refusal.nibble() << 4, 0, 0])
        .await?;
    stream.finish().await
}

/// Why a handshake failed at the client's side.
#[derive(Debug)]
pub(in crate::transport) enum ClientHandshakeError {
    Io(io::Error),
    /// The router turned the client away.
    Refused(Refusal),
    /// What came back is no reply to a RawSocket request.
    Garbage(&'static str),
}

impl From<io::Error> for ClientHandshakeError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Garbage("it closed the connection without an answer")
        } else {
            Self::Io(error)
        }
    }
}

/// The client's side: asks for one serializer. Takes frames up to the largest power of two that is not over
/// `max_frame`.
pub(in crate::transport) async fn offer(
    mut stream: ByteStream,
    peer: String,
    serializer: Serializer,
    max_frame: usize,
) -> Result<Box<dyn Transport>, ClientHandshakeError> {
    let ours = length_nibble(max_frame);
    let request = [MAGIC, ours << 4 | serializer.nibble(), 0, 0];
    stream.write_all(&request).await?;
    stream.flush().await?;
    // The first byte alone tells other protocols apart, some of which would send no more than three.
    if stream.first_byte().await?.is_some_and(|byte| byte != MAGIC) {
        return Err(ClientHandshakeError::Garbage(
            "its answer is no RawSocket reply",
        ));
    }
    let mut reply = [0; 4];
    stream.read_exact(&mut reply).await?;
    let [_, lengths, reserved @ ..] = reply;
    if reserved != [0, 0] {
        return Err(ClientHandshakeError::Garbage(
            "its reply has reserved bits set",
        ));
    }
    match lengths & 0x0F {
        0 => Err(ClientHandshakeError::Refused(Refusal::from_nibble(
            lengths >> 4,
        ))),
        nibble if nibble == serializer.nibble() => Ok(Box::new(RawSocket::new(
            stream,
            peer,
            serializer,
            length(ours),
            length(lengths >> 4),
        ))),
        _ => Err(ClientHandshakeError::Garbage(
            "it chose a serializer that was not asked for",
        )),
    }
}

/// The maximum length that a nibble stands for, in bytes: 512 to 16 MiB.
const fn length(nibble: u8) -> usize {
    1 << (9 + nibble)
}

/// The nibble of the largest length that is not over `max_frame`, or 0, 512 bytes, the least that can be said.
fn length_nibble(max_frame: usize) -> u8 {
    (0..16)
        .rev()
        .find(|&nibble| length(nibble) <= max_frame)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_powers_of_two_from_512_to_16_mib() {
        for (max_frame, nibble, announced) in [
            (0, 0, 512),
            (512, 0, 512),
            (1023, 0, 512),
            (1024, 1, 1024),
            (16_777_215, 14, 8_388_608),
            (16_777_216, 15, 16_777_216),
            (usize::MAX, 15, 16_777_216),
        ] {
            assert_eq!(length_nibble(max_frame), nibble, "{max_frame}");
            assert_eq!(length(nibble), announced, "{max_frame}");
        }
    }

    #[test]
    fn refusals_have_their_nibbles() {
        for nibble in 0..16 {
            assert_eq!(Refusal::from_nibble(nibble).nibble(), nibble);
        }
    }
}
