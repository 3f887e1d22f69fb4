//! A relay that does nothing but copy frames: the floor that routers are measured against.
//!
//! It speaks RawSocket and answers what sets a session up. The first call or publication of a connection is read for whom it goes
//! to, and all later ones go there too, copied as they are: a callee gets CALL where a router would send INVOCATION, and the
//! caller its YIELD. Callees answer in order, so that each of their answers goes to the next of those who wait. Between copies it
//! does as little as can be done: one read for what is there, one write for all that is due to a socket.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use slab::Slab;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};
use wampkit::codec;
use wampkit::proto::{
    Goodbye, GoodbyeDetails, Id, Message, MessageType, Published, Registered, Serializer,
    Subscribed, Uri, Welcome, WelcomeDetails, uris,
};
use wampkit::session;

use super::super::console::Console;
use super::super::error::CliError;
use super::super::exit::Exit;
use super::wire;

/// Relays for whoever connects, for ever.
///
/// # Errors
/// That nothing can be listened on.
pub(super) async fn run(console: &Console) -> Result<Exit, CliError> {
    let failed = |error| CliError::System {
        doing: "listen".to_owned(),
        error,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    console.line(&format!("WAMP_URL=rs://127.0.0.1:{port}"))?;
    let relay = Rc::<RefCell<Relay>>::default();
    let accepting = async {
        loop {
            let (stream, _) = listener.accept().await.map_err(failed)?;
            // A connection that breaks has no one to be told.
            spawn_local(serve(stream, Rc::clone(&relay)));
        }
    };
    LocalSet::new().run_until(accepting).await
}

async fn serve(mut stream: TcpStream, relay: Rc<RefCell<Relay>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let [magic, lengths, ..] = {
        let mut request = [0; 4];
        stream.read_exact(&mut request).await?;
        request
    };
    let serializer = Serializer::from_nibble(lengths & 0x0f).ok_or(io::ErrorKind::InvalidData)?;
    let longest = 0xf0;
    let reply = [magic, longest | serializer.nibble(), 0, 0];
    stream.write_all(&reply).await?;
    let number = relay.borrow_mut().ends.insert(End::new(serializer));
    let mut incoming = BytesMut::new();
    let served = poll_fn(|cx| {
        // What one reads may be for another, which is then woken.
        let read = read(&mut stream, cx, &mut incoming, number, &relay);
        ready!(write(&stream, cx, number, &relay))?;
        read
    });
    let served = served.await;
    relay.borrow_mut().forget(number);
    served
}

/// Reads all that is there and has it relayed; ready when the connection has ended.
fn read(
    stream: &mut TcpStream,
    cx: &mut Context<'_>,
    incoming: &mut BytesMut,
    number: usize,
    relay: &RefCell<Relay>,
) -> Poll<io::Result<()>> {
    loop {
        ready!(stream.poll_read_ready(cx))?;
        incoming.reserve(AT_ONCE);
        match stream.try_read_buf(incoming) {
            Ok(0) => return Poll::Ready(Ok(())),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Poll::Ready(Err(error)),
        }
        let mut relay = relay.borrow_mut();
        let mut rest = &incoming[..];
        while let Some((head, _)) = rest.split_first_chunk::<PREFIX>() {
            let [kind, length @ ..] = *head;
            let length = length
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            let Some((frame, behind)) = rest.split_at_checked(PREFIX + length) else {
                break;
            };
            if kind == 0 {
                relay.frame(number, frame)?;
            }
            rest = behind;
        }
        let left = rest.len();
        incoming.advance(incoming.len() - left);
    }
}

/// How much is read at once.
const AT_ONCE: usize = 64 << 10;

/// The bytes before a frame that tell its kind and length.
const PREFIX: usize = 4;

/// Writes what is due to a connection; pending while some of it is not written.
fn write(
    stream: &TcpStream,
    cx: &mut Context<'_>,
    number: usize,
    relay: &RefCell<Relay>,
) -> Poll<io::Result<()>> {
    let mut relay = relay.borrow_mut();
    let end = &mut relay.ends[number];
    if !end
        .waker
        .as_ref()
        .is_some_and(|own| own.will_wake(cx.waker()))
    {
        end.waker = Some(cx.waker().clone());
    }
    while !end.due.is_empty() {
        ready!(stream.poll_write_ready(cx))?;
        match stream.try_write(&end.due) {
            Ok(written) => end.due.advance(written),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Poll::Ready(Err(error)),
        }
    }
    Poll::Ready(Ok(()))
}

/// Who is connected, and where their frames go.
#[derive(Default)]
struct Relay {
    ends: Slab<End>,
    callees: HashMap<Uri, usize>,
    subscribers: HashMap<Uri, Vec<usize>>,
}

/// One connection.
struct End {
    serializer: Serializer,
    /// What is to be written.
    due: BytesMut,
    waker: Option<Waker>,
    /// Where its calls or publications go, once that is known.
    route: Option<Vec<usize>>,
    /// Whose calls it has not answered, in order.
    callers: VecDeque<usize>,
}

impl End {
    fn new(serializer: Serializer) -> Self {
        Self {
            serializer,
            due: BytesMut::new(),
            waker: None,
            route: None,
            callers: VecDeque::new(),
        }
    }

    fn put(&mut self, frame: &[u8]) {
        if self.due.is_empty()
            && let Some(waker) = &self.waker
        {
            waker.wake_by_ref();
        }
        self.due.extend_from_slice(frame);
    }

    fn answer(&mut self, message: &Message) -> io::Result<()> {
        let mut frame = BytesMut::zeroed(PREFIX);
        codec::encode(self.serializer, message, &mut frame).map_err(io::Error::other)?;
        let length = u32::try_from(frame.len() - PREFIX).map_err(io::Error::other)?;
        frame[..PREFIX].copy_from_slice(&length.to_be_bytes());
        self.put(&frame);
        Ok(())
    }
}

impl Relay {
    /// Takes a frame with its prefix.
    fn frame(&mut self, from: usize, frame: &[u8]) -> io::Result<()> {
        let serializer = self.ends[from].serializer;
        match wire::header(serializer, &frame[PREFIX..]) {
            Some((CALL, _)) => self.forward(from, frame, true),
            Some((PUBLISH, id)) => {
                self.forward(from, frame, false)?;
                let request = Id::new(id).ok_or(io::ErrorKind::InvalidData)?;
                let publication = Id::MIN;
                self.ends[from].answer(
                    &Published {
                        request,
                        publication,
                    }
                    .into(),
                )
            }
            Some((YIELD, _)) => {
                let caller = self.ends[from].callers.pop_front();
                if let Some(end) = caller.and_then(|caller| self.ends.get_mut(caller)) {
                    end.put(frame);
                }
                Ok(())
            }
            _ => self.set_up(from, &frame[PREFIX..]),
        }
    }

    /// Copies a call or a publication to whom it is for.
    fn forward(&mut self, from: usize, frame: &[u8], is_call: bool) -> io::Result<()> {
        let known = self.ends[from].route.take();
        let route = match known {
            Some(route) => route,
            None => self.route(self.ends[from].serializer, &frame[PREFIX..])?,
        };
        for to in &route {
            let end = &mut self.ends[*to];
            if is_call {
                end.callers.push_back(from);
            }
            end.put(frame);
        }
        self.ends[from].route = Some(route);
        Ok(())
    }

    fn route(&self, serializer: Serializer, frame: &[u8]) -> io::Result<Vec<usize>> {
        Ok(match decode(serializer, frame)? {
            Message::Call(call) => self
                .callees
                .get(&call.procedure)
                .copied()
                .into_iter()
                .collect(),
            Message::Publish(publish) => {
                let subscribers = self.subscribers.get(&publish.topic);
                subscribers.cloned().unwrap_or_default()
            }
            _ => Vec::new(),
        })
    }

    /// Answers what is asked before and after the work.
    fn set_up(&mut self, from: usize, frame: &[u8]) -> io::Result<()> {
        let answer = match decode(self.ends[from].serializer, frame)? {
            Message::Hello(_) => {
                let details = WelcomeDetails {
                    roles: Some(session::roles()),
                    ..WelcomeDetails::default()
                };
                Welcome {
                    session: Id::MIN,
                    details,
                }
                .into()
            }
            Message::Register(register) => {
                self.callees.insert(register.procedure, from);
                Registered {
                    request: register.request,
                    registration: Id::MIN,
                }
                .into()
            }
            Message::Subscribe(subscribe) => {
                self.subscribers
                    .entry(subscribe.topic)
                    .or_default()
                    .push(from);
                Subscribed {
                    request: subscribe.request,
                    subscription: Id::MIN,
                }
                .into()
            }
            Message::Goodbye(_) => Goodbye {
                details: GoodbyeDetails::default(),
                reason: uris::GOODBYE_AND_OUT,
            }
            .into(),
            other => return Err(io::Error::other(format!("{} is not relayed", other.kind()))),
        };
        self.ends[from].answer(&answer)
    }

    /// Takes away an end, and all that leads to it.
    fn forget(&mut self, gone: usize) {
        self.ends.remove(gone);
        self.callees.retain(|_, callee| *callee != gone);
        self.subscribers.retain(|_, ends| {
            ends.retain(|end| *end != gone);
            !ends.is_empty()
        });
        for (_, end) in &mut self.ends {
            if let Some(route) = &mut end.route {
                route.retain(|to| *to != gone);
            }
            // Its place is kept: answers go by their order.
            for caller in end.callers.iter_mut().filter(|caller| **caller == gone) {
                *caller = NOBODY;
            }
        }
    }
}

/// An end that there is not.
const NOBODY: usize = usize::MAX;

const CALL: u64 = MessageType::Call as u64;
const YIELD: u64 = MessageType::Yield as u64;
const PUBLISH: u64 = MessageType::Publish as u64;

fn decode(serializer: Serializer, frame: &[u8]) -> io::Result<Message> {
    codec::decode(serializer, &Bytes::copy_from_slice(frame)).map_err(io::Error::other)
}
