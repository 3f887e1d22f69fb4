//! One connection: the poll loop that owns its transport.
//!
//! Each turn reads until nothing is there or the batch is full, submits the batch to the realm in one go, moves what the
//! outbox holds to the transport, and flushes once. There is no `select!` and no split: reading and writing take turns
//! within one poll, so nothing has to be cancel-safe.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Sleep, sleep};

use super::Router;
use super::handle::RealmHandle;
use super::outbox::{End, Outbox, Taken};
use crate::codec;
use crate::realm::{Input, SessionKey};
use crate::transport::{CloseCode, Heartbeat, Transport, TransportError};

/// The connection of one session, from WELCOME to its end; a future that is done when the transport is closed.
///
/// The realm is told when it is dropped, however that came about: the end of the session, a fault of the transport, a
/// shutdown that waits no longer, a panic.
pub(super) struct Connection {
    router: Router,
    realm: RealmHandle,
    key: SessionKey,
    outbox: Arc<Outbox>,
    transport: Box<dyn Transport>,
    /// What was read and is not yet submitted.
    batch: Vec<Input>,
    /// What was taken from the outbox and is not yet with the transport.
    frames: VecDeque<Bytes>,
    /// What was wrong with the transport's input, if it is that which ends the session.
    fault: Option<CloseCode>,
    /// Whether the client is still there, if that is to be found out.
    heartbeat: Option<Heartbeat>,
    state: State,
}

enum State {
    Open,
    /// The session is over; what is queued is being written and the transport closed, for a bounded time.
    Closing(CloseCode, Pin<Box<Sleep>>),
    Done,
}

/// How reading came to an end for this turn.
#[derive(PartialEq, Eq)]
enum Reading {
    /// The batch is full.
    More,
    /// Nothing more is there; the task is woken when there is.
    Pending,
    /// The peer has too much waiting for it.
    Paused,
    /// The realm wants no more of it for now.
    Held,
}

impl Connection {
    /// The connection of the session that joined `realm` as `key`.
    pub(super) fn new(
        router: Router,
        realm: RealmHandle,
        key: SessionKey,
        outbox: Arc<Outbox>,
        transport: Box<dyn Transport>,
        heartbeat: Option<Heartbeat>,
    ) -> Self {
        let (batch, frames) = (Vec::new(), VecDeque::new());
        Self {
            router,
            realm,
            key,
            outbox,
            transport,
            batch,
            frames,
            fault: None,
            heartbeat,
            state: State::Open,
        }
    }

    /// One turn while the session is open: read, submit, write.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Result<(), TransportError> {
        let reading = self.read(cx);
        // Also when the connection is lost: what came in whole was said.
        if !self.batch.is_empty() {
            self.realm.submit(&mut self.batch);
        }
        let reading = reading?;
        if let Some(heartbeat) = &mut self.heartbeat {
            // What is not read may hold the answer.
            if matches!(reading, Reading::Paused | Reading::Held) {
                heartbeat.excuse();
            }
            heartbeat.poll(cx, &mut *self.transport)?;
        }
        let (taken, written) = self.turn_out(cx)?;
        if !written && let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.excuse();
        }
        match taken.end {
            Some(End::Closed(code)) => {
                let code = self.fault.unwrap_or(code);
                self.state = State::Closing(code, Box::pin(sleep(CLOSE_TIMEOUT)));
            }
            Some(End::Overflow) => {
                tracing::warn!(
                    peer = self.transport.peer(),
                    "ended: it does not read what is sent to it"
                );
                self.state = State::Done;
            }
            // The peer takes what it is sent again, may be read again, or there was more to read than one turn takes: let the other
            // connections of this thread have theirs, then go on.
            None if reading == Reading::More
                || (reading == Reading::Paused && written)
                || (reading == Reading::Held && !taken.held) =>
            {
                cx.waker().wake_by_ref();
            }
            None => {}
        }
        Ok(())
    }

    /// Writes what the outbox holds. Answers what the last look into it led to, and whether all is written.
    fn turn_out(&mut self, cx: &mut Context<'_>) -> Result<(Taken, bool), TransportError> {
        loop {
            let busy = !self.frames.is_empty();
            let taken = self.outbox.take(&mut self.frames, cx);
            if taken.relieved {
                self.realm.submit(&mut vec![Input::Relieved(self.key)]);
            }
            let written = self.write(cx)?;
            if !busy || !self.frames.is_empty() {
                return Ok((taken, written));
            }
            // What came in while it was busy woke nobody: look again.
        }
    }

    /// Reads messages into the batch.
    ///
    /// A peer that does not take what is meant for it is not read from either: TCP then pushes back on it, and on
    /// nobody else.
    fn read(&mut self, cx: &mut Context<'_>) -> Result<Reading, TransportError> {
        if self.fault.is_some() {
            // The realm was told, and what it answers is on its way out.
            return Ok(Reading::Pending);
        }
        if !self.frames.is_empty() && self.outbox.waiting() > READ_PAUSE {
            return Ok(Reading::Paused);
        }
        if self.outbox.is_held() {
            return Ok(Reading::Held);
        }
        let serializer = self.transport.serializer();
        let mut bytes = 0;
        while self.batch.len() < BATCH_MESSAGES && bytes < BATCH_BYTES {
            let frame = match self.transport.poll_receive(cx) {
                Poll::Pending => return Ok(Reading::Pending),
                Poll::Ready(None) => {
                    self.state = State::Done;
                    return Ok(Reading::Pending);
                }
                Poll::Ready(Some(Ok(frame))) => frame,
                Poll::Ready(Some(Err(
                    lost @ (TransportError::Io(_) | TransportError::Cut | TransportError::Closed),
                ))) => return Err(lost),
                Poll::Ready(Some(Err(fault))) => {
                    // The peer can still be told: it is read from no more, but written to.
                    self.fault = Some(fault.close_code());
                    self.batch
                        .push(Input::Malformed(self.key, fault.to_string()));
                    return Ok(Reading::Pending);
                }
            };
            bytes += frame.len();
            self.batch.push(match codec::decode(serializer, &frame) {
                Ok(message) => Input::Message(self.key, message),
                Err(error) => Input::Malformed(self.key, error.to_string()),
            });
        }
        Ok(Reading::More)
    }

    /// Feeds the transport and flushes once. Answers whether all that was taken from the outbox is written.
    fn write(&mut self, cx: &mut Context<'_>) -> Result<bool, TransportError> {
        while !self.frames.is_empty() {
            match self.transport.poll_ready(cx) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => return Ok(false),
            }
            if let Some(frame) = self.frames.pop_front() {
                self.transport.feed(frame)?;
            }
        }
        match self.transport.poll_flush(cx) {
            Poll::Ready(flushed) => flushed.map(|()| true),
            Poll::Pending => Ok(false),
        }
    }

    fn lost(&self, error: &TransportError) {
        let peer = self.transport.peer();
        if matches!(error, TransportError::Silent(_)) {
            tracing::info!(peer, %error, "connection given up");
        } else {
            tracing::debug!(peer, %error, "connection lost");
        }
    }

    /// One turn after the session's end: write what is left, close the transport.
    fn poll_closing(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
    ) -> Poll<Result<(), TransportError>> {
        if !self.write(cx)? {
            return Poll::Pending;
        }
        self.transport.poll_close(cx, code)
    }
}

impl Future for Connection {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match &mut self.state {
                State::Open => {
                    if let Err(error) = self.poll_open(cx) {
                        self.lost(&error);
                        self.state = State::Done;
                    }
                    if matches!(self.state, State::Open) {
                        return Poll::Pending;
                    }
                }
                State::Closing(code, deadline) => {
                    let code = *code;
                    if deadline.as_mut().poll(cx).is_pending()
                        && self.poll_closing(cx, code).is_pending()
                    {
                        return Poll::Pending;
                    }
                    self.state = State::Done;
                }
                State::Done => return Poll::Ready(()),
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        tracing::debug!(realm = %self.realm.uri(), peer = self.transport.peer(), "session left");
        let leave = || {
            if self.realm.leave(self.key) {
                self.router.release(&self.realm);
            }
        };
        // A panic that follows from the one that may have led here would end the process.
        if catch_unwind(AssertUnwindSafe(leave)).is_err() {
            tracing::error!(
                peer = self.transport.peer(),
                "a session could not leave in good order"
            );
        }
    }
}

/// How many messages one turn reads at the most, and submits under one lock.
const BATCH_MESSAGES: usize = 64;

/// How many bytes one turn reads, the last message excepted.
const BATCH_BYTES: usize = 256 << 10;

/// How much may wait in the outbox of a blocked connection before it is not read from any more. A client that writes a
/// burst before it reads the first answer must not be brought to a halt by it, so it is not small.
const READ_PAUSE: usize = 1 << 20;

/// How long an ended session may take to take its last messages and close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use std::task::{Wake, Waker};

    use serde_json::Value;

    use super::*;
    use crate::proto::Serializer;
    use crate::router::handle::tests::join;
    use crate::router::handshake::Guest;
    use crate::transport::{Farewell, memory};

    /// A transport that panics at a frame with `com.boom` in it, as a fault of ours anywhere in a connection's task would.
    struct Mine(Box<dyn Transport>);

    impl Transport for Mine {
        fn serializer(&self) -> Serializer {
            self.0.serializer()
        }

        fn peer(&self) -> &str {
            self.0.peer()
        }

        fn max_frame(&self) -> usize {
            self.0.max_frame()
        }

        fn poll_receive(
            &mut self,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Bytes, TransportError>>> {
            let received = self.0.poll_receive(cx);
            if let Poll::Ready(Some(Ok(frame))) = &received {
                assert!(
                    !String::from_utf8_lossy(frame).contains("com.boom"),
                    "on purpose"
                );
            }
            received
        }

        fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
            self.0.poll_ready(cx)
        }

        fn feed(&mut self, frame: Bytes) -> Result<(), TransportError> {
            self.0.feed(frame)
        }

        fn ping(&mut self) -> Result<(), TransportError> {
            self.0.ping()
        }

        fn heard(&self) -> u64 {
            self.0.heard()
        }

        fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
            self.0.poll_flush(cx)
        }

        fn poll_close(
            &mut self,
            cx: &mut Context<'_>,
            code: CloseCode,
        ) -> Poll<Result<(), TransportError>> {
            self.0.poll_close(cx, code)
        }

        fn farewell(&self) -> Option<&Farewell> {
            self.0.farewell()
        }
    }

    /// The far side of a connection, spoken to in JSON by hand.
    struct Peer(Box<dyn Transport>);

    impl Peer {
        async fn join(router: &Router) -> Self {
            let (near, far) = memory::pair(Serializer::Json);
            let far: Box<dyn Transport> = Box::new(Mine(far));
            router.spawn_connection(async move { Some(far) }, Guest::Anybody);
            let mut peer = Self(near);
            peer.send(r#"[1,"realm1",{"roles":{"caller":{},"callee":{},"subscriber":{}}}]"#)
                .await;
            assert_eq!(peer.receive().await.unwrap()[0], 2);
            peer
        }

        async fn send(&mut self, message: &'static str) {
            self.0.send(message.into()).await.unwrap();
        }

        async fn receive(&mut self) -> Option<Value> {
            let frame = self.0.receive().await?.unwrap();
            Some(serde_json::from_slice(&frame).unwrap())
        }

        /// Sends a request and takes its answer.
        async fn ask(&mut self, request: &'static str) -> Value {
            self.send(request).await;
            self.receive().await.unwrap()
        }
    }

    #[tokio::test]
    async fn a_panic_ends_its_own_connection_only() {
        let router = Router::builder().realm("realm1").build().unwrap();
        let mut bystander = Peer::join(&router).await;
        bystander.ask(r#"[32,1,{},"wamp.session.on_leave"]"#).await;
        let mut doomed = Peer::join(&router).await;
        doomed.ask(r#"[64,1,{},"com.proc"]"#).await;
        bystander.send(r#"[48,2,{},"com.proc"]"#).await;
        assert_eq!(doomed.receive().await.unwrap()[0], 68);
        doomed.send(r#"[16,2,{},"com.boom"]"#).await;
        assert_eq!(doomed.receive().await, None);

        // The call ends, the session leaves, and what it held is gone.
        let told = [bystander.receive().await, bystander.receive().await].map(Option::unwrap);
        let codes = told.each_ref().map(|message| message[0].as_u64());
        assert!(
            codes.contains(&Some(8)) && codes.contains(&Some(36)),
            "{told:?}"
        );
        let error = bystander.ask(r#"[48,3,{},"com.proc"]"#).await;
        assert_eq!(error[4], "wamp.error.no_such_procedure");
        let count = bystander.ask(r#"[48,4,{},"wamp.session.count"]"#).await;
        assert_eq!(count[3][0], 1);
        // And others come as before.
        Peer::join(&router).await;
    }

    /// A task that panics when it is woken.
    struct Shaky;

    impl Wake for Shaky {
        fn wake(self: Arc<Self>) {
            panic!("on purpose");
        }
    }

    /// What the end of a panicking connection sets off may panic again: not even that ends the process.
    #[tokio::test]
    async fn a_panic_on_the_way_out_of_a_panic_is_survived() {
        let router = Router::builder().realm("realm1").build().unwrap();
        let mut doomed = Peer::join(&router).await;
        let realm = router.realms().by_uri.values().next().unwrap().clone();
        let outbox = Arc::new(Outbox::new(1 << 20));
        let key = realm.join(Box::new(join()), Arc::clone(&outbox));
        let frame = Bytes::from_static(br#"[32,1,{},"wamp.session.on_leave"]"#);
        let subscribe = codec::decode(Serializer::Json, &frame).unwrap();
        realm.submit(&mut vec![Input::Message(key, subscribe)]);
        let waker = Waker::from(Arc::new(Shaky));
        let mut frames = VecDeque::new();
        outbox.take(&mut frames, &Context::from_waker(&waker));

        doomed.send(r#"[16,2,{},"com.boom"]"#).await;
        assert_eq!(doomed.receive().await, None);
        let mut frames = VecDeque::new();
        outbox.take(&mut frames, &Context::from_waker(Waker::noop()));
        assert_eq!(frames.len(), 1, "the event of its end");
        Peer::join(&router).await;
    }
}
