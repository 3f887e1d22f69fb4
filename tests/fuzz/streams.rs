//! Bytes on a stream, through the listener and the client's connect as they are, over a Unix socket.
//!
//! How the bytes are cut into writes is drawn from the bytes themselves.

use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;
use tokio::task::yield_now;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use wampkit::Serializer;
use wampkit::transport::{
    ConnectOptions, Endpoint, HandshakeError, ListenOptions, Listener, Transport, TransportError,
    connect,
};

use crate::driver::{fuzz, sign_of};

/// The longest frame that is taken.
const MAX_FRAME: usize = 512;

/// A listener and what it needs.
struct Bench {
    runtime: Runtime,
    listener: Listener,
    path: PathBuf,
    _folder: TempDir,
}

/// What came of a connection.
struct Outcome {
    handshake: Result<(), HandshakeError>,
    frames: Vec<Bytes>,
    end: Option<TransportError>,
    /// What was written in return.
    answer: Vec<u8>,
}

impl Bench {
    fn new() -> Self {
        let runtime = runtime();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wamp");
        let endpoint: Endpoint = format!("ws+unix://{}", path.display()).parse().unwrap();
        let options = ListenOptions {
            max_frame: MAX_FRAME,
            ..ListenOptions::default()
        };
        let listener = runtime
            .block_on(Listener::bind(&endpoint, options))
            .unwrap();
        Self {
            runtime,
            listener,
            path,
            _folder: folder,
        }
    }

    /// Sends all of it, says that nothing follows, and looks at what comes of it.
    fn send(&self, head: &[u8], input: &[u8]) -> Outcome {
        let sending = async {
            let mut stream = UnixStream::connect(&self.path).await.unwrap();
            let (mut reading, mut writing) = stream.split();
            let mut answer = Vec::new();
            let writing = async {
                // Whoever has heard enough closes.
                if writing.write_all(head).await.is_ok() {
                    send_in_pieces(&mut writing, input).await;
                }
                writing.shutdown().await.ok();
            };
            let reading = reading.read_to_end(&mut answer);
            join(writing, reading).await.1.ok();
            answer
        };
        let receiving = async {
            let mut frames = Vec::new();
            let incoming = self.listener.accept().await.unwrap();
            let mut transport = match incoming.handshake().await {
                Ok(transport) => transport,
                Err(error) => return (Err(error), frames, None),
            };
            let end = receive_all(transport.as_mut(), &mut frames).await;
            if let Some(error) = &end {
                transport.close(error.close_code()).await.ok();
            }
            (Ok(()), frames, end)
        };
        let both = async { timeout(Duration::from_secs(8), join(sending, receiving)).await };
        let (answer, (handshake, frames, end)) = self.runtime.block_on(both).expect("it hangs");
        for frame in &frames {
            assert!(frame.len() <= MAX_FRAME, "{} bytes", frame.len());
        }
        Outcome {
            handshake,
            frames,
            end,
            answer,
        }
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

async fn send_in_pieces(writing: &mut (impl tokio::io::AsyncWrite + Unpin), mut input: &[u8]) {
    while let Some(&first) = input.first() {
        let cut = usize::from(first % 61) * usize::from(first % 7) + 1;
        let (piece, rest) = input.split_at(cut.min(input.len()));
        if writing.write_all(piece).await.is_err() {
            return;
        }
        input = rest;
        yield_now().await;
    }
}

async fn receive_all(
    transport: &mut dyn Transport,
    frames: &mut Vec<Bytes>,
) -> Option<TransportError> {
    while let Some(received) = transport.receive().await {
        match received {
            Ok(frame) => frames.push(frame),
            Err(error) => return Some(error),
        }
    }
    None
}

fn sign(outcome: &Outcome) -> String {
    match (&outcome.handshake, &outcome.end) {
        (Err(error), _) => sign_of(error),
        (_, Some(error)) => format!("{} {}", outcome.frames.len().min(3), sign_of(error)),
        (_, None) => format!("{} fine", outcome.frames.len().min(3)),
    }
}

/// Frames of RawSocket behind a handshake, held against the few lines that it takes to read them when they are all there.
#[test]
fn rawsocket() {
    let bench = Bench::new();
    let words: &[&[u8]] = &[
        b"\0\0\0\x01a",
        b"\x01\0\0\x02pi",
        b"\x02\0\0\0",
        b"\x08\0\0\0",
        b"\0\0\x02\0",
        b"\0\0\x02\x01",
        b"\x03\0\0\0",
        b"\x10\0\0\0",
        b"\xff\xff\xff\xff",
    ];
    fuzz("rawsocket", words, |input| {
        let outcome = bench.send(b"\x7f\xf1\0\0", input);
        outcome.handshake.as_ref().unwrap();
        let (frames, pongs) = naive_rawsocket(input);
        assert_eq!(outcome.frames, frames);
        assert_eq!(outcome.answer[..4], [0x7F, 0x01, 0, 0]);
        // After a fault what is owed may not be written any more.
        assert!(
            pongs.starts_with(&outcome.answer[4..]),
            "{:?}",
            outcome.answer
        );
        if outcome.end.is_none() {
            assert_eq!(outcome.answer[4..], pongs);
        }
        sign(&outcome)
    });
}

/// The messages before the first fault, and the PONGs.
fn naive_rawsocket(mut bytes: &[u8]) -> (Vec<Bytes>, Vec<u8>) {
    let (mut frames, mut pongs) = (Vec::new(), Vec::new());
    while let [kind @ 0..=2, a, b, c, rest @ ..] = bytes {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        let Some((frame, rest)) = rest
            .split_at_checked(length)
            .filter(|_| length <= MAX_FRAME)
        else {
            break;
        };
        match kind {
            0 => frames.push(Bytes::copy_from_slice(frame)),
            1 => pongs.extend_from_slice(&[&[2, *a, *b, *c], frame].concat()),
            _ => {}
        }
        bytes = rest;
    }
    (frames, pongs)
}

/// The octets of RawSocket's handshake, and anything else that a connection can begin with.
#[test]
fn greeting() {
    let bench = Bench::new();
    let words: &[&[u8]] = &[b"\x7f\xf1\0\0", b"\x7f", b"\x16\x03\x01", b"GET ", b"\0"];
    fuzz("greeting", words, |input| {
        let outcome = bench.send(b"", input);
        if outcome.handshake.is_ok() && input[0] == 0x7F {
            assert!(
                matches!(input[1] & 0xF, 1..=3) && input[2..4] == [0, 0],
                "{input:?}"
            );
        }
        sign(&outcome)
    });
}

const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ";

/// The request of WebSocket's handshake.
#[test]
fn upgrade() {
    let bench = Bench::new();
    let words: &[&[u8]] = &[
        b"\r\n",
        b"\r\n\r\n",
        b"GET ",
        b"POST ",
        b" HTTP/1.1",
        b" HTTP/1.0",
        b"Host: localhost",
        b"Upgrade: websocket",
        b"Connection: keep-alive, Upgrade",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Version: 8",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        b"Sec-WebSocket-Protocol: wamp.2.json",
        b"wamp.2.cbor.batched",
        b"wamp.2.msgpack",
        b"Origin: http://example.com",
        b"Origin: null",
        b"/ws",
        b"/ws?a=b",
        b"http://localhost/ws",
        b", ",
        b": ",
        b"\x80",
        b"\0",
        b"\n",
        b" ",
        b"Sec-WebSocket-Extensions: permessage-deflate",
        b"Transfer-Encoding: chunked",
    ];
    fuzz("upgrade", words, |input| {
        let outcome = bench.send(b"", input);
        if outcome.handshake.is_ok() && input[0] != 0x7F {
            let text = input.to_ascii_lowercase();
            for needed in [&b"sec-websocket-key:"[..], b"wamp.2.", b"upgrade:"] {
                assert!(text.windows(needed.len()).any(|part| part == needed));
            }
            assert!(outcome.answer.starts_with(b"HTTP/1.1 101 "));
        }
        sign(&outcome)
    });
}

/// What comes behind WebSocket's handshake; the first byte says by which subprotocol. Unbatched messages are held against the lines that it
/// takes to read them when they are all there.
#[test]
fn websocket() {
    let bench = Bench::new();
    let words: &[&[u8]] = &[
        b"\x81\x81\0\0\0\0a",
        b"\x82\x81\0\0\0\0a",
        b"\x01\x81\0\0\0\0a",
        b"\x02\x80\0\0\0\0",
        b"\x00\x81\0\0\0\0b",
        b"\x80\x81\0\0\0\0c",
        b"\x89\x80\0\0\0\0",
        b"\x8a\x80\0\0\0\0",
        b"\x88\x80\0\0\0\0",
        b"\x88\x82\0\0\0\0\x03\xe8",
        b"\x82\xfe\x02\x00\0\0\0\0",
        b"\x82\xff",
        b"\x82\x01a",
        b"\xc2\x81\0\0\0\0a",
        b"\x83",
        b"\x8b",
        b"\xc3\xa9",
        b"\x1e",
        b"\0\0\0\x01",
        b"\x89\xfe\0\x7e\0\0\0\0",
    ];
    fuzz("websocket", words, |input| {
        let Some((&first, frames)) = input.split_first() else {
            return String::new();
        };
        let protocols = [
            "wamp.2.json",
            "wamp.2.msgpack",
            "wamp.2.json.batched",
            "wamp.2.cbor.batched",
        ];
        let protocol = protocols[usize::from(first) % protocols.len()];
        let head = format!("{UPGRADE}{protocol}\r\n\r\n");
        let outcome = bench.send(head.as_bytes(), frames);
        outcome.handshake.as_ref().unwrap();
        if !protocol.ends_with("batched") {
            let text = protocol.ends_with("json");
            let naive = naive_websocket(frames, text);
            assert_eq!(outcome.frames, naive, "{protocol}");
        }
        format!("{protocol} {}", sign(&outcome))
    });
}

/// The messages before the first fault. RFC 6455, section 5.
fn naive_websocket(mut bytes: &[u8], text: bool) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut message: Option<Vec<u8>> = None;
    while let [first, second, rest @ ..] = bytes {
        let (fin, opcode) = (first & 0x80 != 0, first & 0x0F);
        if first & 0x70 != 0 || second & 0x80 == 0 {
            break;
        }
        let (width, short) = match second & 0x7F {
            126 => (2, 0),
            127 => (8, 0),
            short => (0, usize::from(short)),
        };
        let Some((length, rest)) = rest.split_at_checked(width) else {
            break;
        };
        let length = length.iter().fold(short as u128, |length, byte| {
            length << 8 | u128::from(*byte)
        });
        let Some((mask, rest)) = rest.split_at_checked(4) else {
            break;
        };
        if length > MAX_FRAME as u128 {
            break;
        }
        let Some((payload, rest)) = rest.split_at_checked(length as usize) else {
            break;
        };
        bytes = rest;
        let payload = payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, mask)| byte ^ mask);
        match opcode {
            8..=10 if !fin || length > 125 => break,
            8 => break,
            9 | 10 => {}
            0 if message.is_some() => message.as_mut().unwrap().extend(payload),
            1 | 2 if message.is_none() => {
                if (opcode == 1) != text {
                    // It is not known to be of the wrong type before it is whole.
                    break;
                }
                message = Some(payload.collect());
            }
            _ => break,
        }
        if opcode < 8
            && message
                .as_ref()
                .is_some_and(|message| message.len() > MAX_FRAME)
        {
            break;
        }
        if opcode < 8 && fin {
            let whole = message.take().unwrap();
            if text && std::str::from_utf8(&whole).is_err() {
                break;
            }
            messages.push(whole);
        }
    }
    messages
}

/// What a router answers to a client that connects; the first byte says by which transport.
#[test]
fn reply() {
    let runtime = runtime();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wamp");
    let listener = runtime
        .block_on(async { UnixListener::bind(&path) })
        .unwrap();
    let endpoints = ["ws", "rs"].map(|scheme| {
        format!("{scheme}+unix://{}", path.display())
            .parse::<Endpoint>()
            .unwrap()
    });
    let words: &[&[u8]] = &[
        b"HTTP/1.1 101 Switching Protocols\r\n",
        b"HTTP/1.1 404 Not Found\r\n",
        b"HTTP/1.1 503\r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"Upgrade: websocket\r\n",
        b"Connection: Upgrade\r\n",
        b"Sec-WebSocket-Protocol: wamp.2.json\r\n",
        b"Sec-WebSocket-Accept: ACCEPT\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"\x7f\xf1\0\0",
        b"\x7f\x10\0\0",
        b"\x7f",
        b"\0",
        b"\x1b[2J",
    ];
    let taken = RefCell::new(0_u64);
    fuzz("reply", words, |input| {
        let Some((&first, reply)) = input.split_first() else {
            return String::new();
        };
        let endpoint = &endpoints[usize::from(first) % 2];
        let answering = async {
            // A client that does not like a serializer's refusal would come again.
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).await.unwrap_or(0);
            let reply = &accepting(&request[..length], reply);
            send_in_pieces(&mut stream, reply).await;
            stream.shutdown().await.ok();
        };
        let options = ConnectOptions {
            max_frame: MAX_FRAME,
            ..ConnectOptions::default()
        };
        let connecting = async {
            let mut transport = connect(endpoint, &[Serializer::Json], &options).await?;
            let mut frames = Vec::new();
            Ok::<_, wampkit::transport::ConnectError>(
                receive_all(transport.as_mut(), &mut frames).await,
            )
        };
        let both = async { timeout(Duration::from_secs(8), join(answering, connecting)).await };
        match runtime.block_on(both).expect("it hangs").1 {
            Ok(end) => {
                *taken.borrow_mut() += 1;
                format!(
                    "connected {}",
                    end.as_ref().map_or_else(String::new, sign_of)
                )
            }
            Err(error) => sign_of(&error).replace(&path.display().to_string(), ""),
        }
    });
    assert!(*taken.borrow() > 0, "no reply was taken");
}

/// The reply with the proof that goes with the request, in place of the word ACCEPT: nobody finds it by chance.
fn accepting(request: &[u8], reply: &[u8]) -> Vec<u8> {
    let request = String::from_utf8_lossy(request);
    let key = request.lines().find_map(|line| {
        let (name, key) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("sec-websocket-key")
            .then_some(key)
    });
    let word = memchr::memmem::find(reply, b"ACCEPT");
    let (Some(at), Some(key)) = (word, key) else {
        return reply.to_vec();
    };
    let proof = derive_accept_key(key.as_bytes());
    let (before, after) = (&reply[..at], &reply[at + 6..]);
    [before, proof.as_bytes(), after].concat()
}
