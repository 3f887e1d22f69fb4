//! A connection by hand in any of the six ways, so that bytes can be split and cut wherever they are.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use rustix::net::sockopt::set_socket_linger;
use wampkit::Serializer;
use wampkit::codec::{decode, encode};
use wampkit::proto::Message;

use crate::peer::UPGRADE;
use crate::support::PATIENCE;

/// The two framings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Framing {
    WebSocket,
    RawSocket,
}

/// A connection that reads only when it is asked to.
pub(crate) struct Wire {
    stream: TcpStream,
    framing: Framing,
    serializer: Serializer,
    random: fastrand::Rng,
    /// What was read and not yet taken.
    input: BytesMut,
    /// What is not written yet.
    output: BytesMut,
}

impl Wire {
    /// A connection after its handshake. How messages are split is up to `random`.
    pub(crate) fn connect(
        address: &str,
        framing: Framing,
        serializer: Serializer,
        random: fastrand::Rng,
    ) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let mut wire = Self {
            stream,
            framing,
            serializer,
            random,
            input: BytesMut::new(),
            output: BytesMut::new(),
        };
        match framing {
            Framing::WebSocket => {
                let request = str::from_utf8(UPGRADE).unwrap();
                let name = serializer.as_str();
                let request = request.replace("wamp.2.json", &format!("wamp.2.{name}"));
                wire.output.extend_from_slice(request.as_bytes());
                wire.flush();
                let end = |input: &[u8]| input.windows(4).position(|it| it == b"\r\n\r\n");
                while end(&wire.input).is_none() {
                    assert!(wire.read(), "the router closed");
                }
                let head = end(&wire.input).unwrap() + 4;
                let head = wire.input.split_to(head);
                assert!(head.starts_with(b"HTTP/1.1 101 "), "{head:?}");
            }
            Framing::RawSocket => {
                let number = match serializer {
                    Serializer::Json => 1,
                    Serializer::MsgPack => 2,
                    Serializer::Cbor => 3,
                };
                wire.output.extend_from_slice(&[0x7F, 0xF0 | number, 0, 0]);
                wire.flush();
                while wire.input.len() < 4 {
                    assert!(wire.read(), "the router closed");
                }
                let reply = wire.input.split_to(4);
                assert_eq!(reply[..1], [0x7F], "{reply:?}");
                assert_eq!(reply[1] & 0xF, number, "{reply:?}");
            }
        }
        wire
    }

    /// Queues a message.
    pub(crate) fn say(&mut self, message: &Message) {
        let frame = self.encoded(message);
        self.feed(&frame);
    }

    /// A message as the connection has it.
    pub(crate) fn encoded(&self, message: &Message) -> BytesMut {
        let mut frame = BytesMut::new();
        encode(self.serializer, message, &mut frame).expect("it has a form");
        frame
    }

    /// Queues what need not be a message; now and then in fragments, with a PING between them.
    pub(crate) fn feed(&mut self, frame: &[u8]) {
        if self.framing == Framing::RawSocket {
            if self.random.u8(..16) == 0 {
                self.frame(1, b"ping");
            }
            return self.frame(0, frame);
        }
        let opcode = match self.serializer {
            Serializer::Json => TEXT,
            Serializer::MsgPack | Serializer::Cbor => BINARY,
        };
        if self.random.u8(..8) > 0 {
            return self.frame(FIN | opcode, frame);
        }
        let (begin, end) = frame.split_at(self.random.usize(..=frame.len()));
        self.frame(opcode, begin);
        self.frame(FIN | PING, b"ping");
        self.frame(FIN, end);
    }

    /// Queues what the transport does not allow.
    pub(crate) fn misframe(&mut self) {
        let longer_than_taken = 8 << 20;
        match (self.framing, self.random.bool()) {
            (Framing::RawSocket, true) => self.frame(3, b"of no type"),
            (Framing::WebSocket, true) => self.frame(FIN | 3, b"of no type"),
            (Framing::RawSocket, false) => {
                self.begin(0, longer_than_taken);
            }
            (Framing::WebSocket, false) => {
                self.begin(FIN | BINARY, longer_than_taken);
            }
        }
    }

    /// A frame of the transport with this first byte.
    fn frame(&mut self, first: u8, payload: &[u8]) {
        let mask = self.begin(first, payload.len());
        let masked = payload.iter().zip(mask.iter().cycle());
        self.output.extend(masked.map(|(byte, mask)| byte ^ mask));
    }

    /// The head of a frame. Answers what its payload is masked with.
    fn begin(&mut self, first: u8, payload: usize) -> [u8; 4] {
        let length = u32::try_from(payload).unwrap().to_be_bytes();
        let output = &mut self.output;
        if self.framing == Framing::RawSocket {
            output.extend_from_slice(&[first, length[1], length[2], length[3]]);
            return [0; 4];
        }
        output.extend_from_slice(&[first]);
        match payload {
            short @ ..126 => output.extend_from_slice(&[0x80 | short as u8]),
            126..0x1_0000 => output.extend_from_slice(&[0x80 | 126, length[2], length[3]]),
            _ => {
                output.extend_from_slice(&[0x80 | 127, 0, 0, 0, 0]);
                output.extend_from_slice(&length);
            }
        }
        let mask = self.random.u32(..).to_be_bytes();
        output.extend_from_slice(&mask);
        mask
    }

    /// Whether something is not written yet.
    pub(crate) fn is_behind(&self) -> bool {
        !self.output.is_empty()
    }

    /// Writes so many bytes at once, if there are as many. The router may have closed meanwhile.
    pub(crate) fn write(&mut self, most: usize) {
        let part = self.output.split_to(most.min(self.output.len()));
        if let Err(error) = self.stream.write_all(&part) {
            let closed = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
            assert!(closed.contains(&error.kind()), "{error}");
            self.output.clear();
        }
    }

    /// Writes all of it at once.
    pub(crate) fn flush(&mut self) {
        self.write(usize::MAX);
    }

    /// The next message; `None` when the router has closed.
    pub(crate) fn receive(&mut self) -> Option<Message> {
        loop {
            let (first, payload) = self.next_frame()?;
            match (self.framing, first) {
                (Framing::RawSocket, 0) | (Framing::WebSocket, 0x81 | 0x82) => {
                    return Some(decode(self.serializer, &payload).expect("a message"));
                }
                // The heartbeat.
                (Framing::RawSocket, 1) => self.frame(2, &payload),
                (Framing::WebSocket, 0x89) => self.frame(FIN | PONG, &payload),
                // The answer to a PING of ours, and the end.
                (Framing::RawSocket, 2) | (Framing::WebSocket, 0x8A | 0x88) => {}
                _ => panic!("a frame that begins with {first:#x}"),
            }
        }
    }

    /// The first byte and the payload of the next frame.
    fn next_frame(&mut self) -> Option<(u8, Bytes)> {
        loop {
            if let Some((head, length)) = self.measure()
                && self.input.len() >= head + length
            {
                let first = self.input[0];
                self.input.advance(head);
                return Some((first, self.input.split_to(length).freeze()));
            }
            if !self.read() {
                return None;
            }
        }
    }

    /// How long the head of the next frame is, and its payload.
    fn measure(&self) -> Option<(usize, usize)> {
        let number = |at: usize, length: usize| {
            let bytes = self.input.get(at..at + length)?;
            Some(
                bytes
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
            )
        };
        match (self.framing, self.input.get(1)?) {
            (Framing::RawSocket, _) => Some((4, number(1, 3)?)),
            (Framing::WebSocket, 126) => Some((4, number(2, 2)?)),
            (Framing::WebSocket, 127) => Some((10, number(2, 8)?)),
            (Framing::WebSocket, &short) => Some((2, usize::from(short))),
        }
    }

    /// Reads what is there, or waits for something. Answers whether there is something.
    fn read(&mut self) -> bool {
        let mut buffer = [0; 16 << 10];
        match self.stream.read(&mut buffer) {
            Ok(read) => {
                self.input.extend_from_slice(&buffer[..read]);
                read > 0
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("nothing came in time: {error}"),
        }
    }

    /// Ends the connection behind what is queued, and takes no notice of what still comes.
    pub(crate) fn finish(mut self) {
        self.flush();
        // It may be closed already.
        let _ = self.stream.shutdown(Shutdown::Write);
        while self.read() {
            self.input.clear();
        }
    }

    /// Ends the connection with a reset: what is on its way is lost.
    pub(crate) fn reset(self) {
        set_socket_linger(&self.stream, Some(Duration::ZERO)).unwrap();
    }

    /// Throws away the end of what is queued: at least a byte of the last message.
    pub(crate) fn truncate(&mut self, before: usize) {
        let cut = self.random.usize(before..self.output.len());
        self.output.truncate(cut);
    }

    /// How much is queued.
    pub(crate) fn queued(&self) -> usize {
        self.output.len()
    }
}

const FIN: u8 = 0x80;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const PING: u8 = 9;
const PONG: u8 = 10;
