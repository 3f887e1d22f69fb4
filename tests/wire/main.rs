//! The transports over real sockets on the loopback interface.

mod batched;
mod connecting;
mod listening;
mod memory;
mod rawsocket;
mod round_trip;
mod support;
mod websocket;
