//! The transports over real sockets on the loopback interface.

mod batched;
mod certificates;
mod connecting;
mod listening;
mod memory;
mod origins;
mod rawsocket;
mod restrictions;
mod round_trip;
mod support;
mod tls;
mod tls_files;
mod websocket;
