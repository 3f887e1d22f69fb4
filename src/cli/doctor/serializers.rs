//! Which serializers the router speaks: each is offered alone.

use std::time::Duration;

use tokio::time::timeout;
use wampkit::proto::Serializer;
use wampkit::transport::{CloseCode, ConnectError as TransportError, Endpoint, Framing, Transport};

use super::super::exit::Exit;
use super::Patient;
use super::report::Report;

/// One that it speaks, the first of those asked for; `None` if there is none.
pub(super) async fn spoken(
    patient: &Patient,
    endpoint: &Endpoint,
    report: &mut Report<'_>,
) -> Option<Serializer> {
    let websocket = endpoint.framing() == Framing::WebSocket;
    let wanted = &patient.args.serializer;
    let mut spoken = Vec::new();
    let mut refused = None;
    for serializer in [Serializer::MsgPack, Serializer::Cbor, Serializer::Json] {
        let name = name(serializer, websocket);
        match patient.connect(endpoint, serializer, websocket).await {
            Ok(transport) => {
                spoken.push(serializer);
                let detail = if websocket {
                    match transport.is_batched() {
                        true => format!("yes, {name}.batched too"),
                        false => format!("yes, but not {name}.batched"),
                    }
                } else {
                    format!("yes, messages of up to {} bytes", transport.max_frame())
                };
                report.good(&name, detail);
                hang_up(transport).await;
            }
            // Of what they do not speak some say that it is a bad request.
            Err(
                error @ (TransportError::NoCommonSerializer
                | TransportError::Http { status: 400, .. }),
            ) => {
                refused = Some(error);
                if wanted.contains(&serializer) {
                    report.warn(&name, "no, though --serializer has it", None);
                } else {
                    report.skip(&name, "no");
                }
            }
            Err(error) => {
                // It has nothing to do with serializers, then.
                report.error(&name, &patient.fault(error));
                return None;
            }
        }
    }
    let chosen = wanted.iter().find(|it| spoken.contains(it)).copied();
    if chosen.is_none() && !(wanted.is_empty() || spoken.is_empty()) {
        let text = "the router speaks none of those that --serializer has";
        report.bad("--serializer", text, None, Exit::Connect);
    } else if let (true, Some(error @ TransportError::Http { .. })) = (spoken.is_empty(), refused) {
        report.error("serializers", &patient.fault(error));
    } else if spoken.is_empty() {
        let text = "the router speaks none of them";
        report.bad("serializers", text, None, Exit::Connect);
    }
    chosen.or_else(|| spoken.first().copied())
}

/// Closes the connection, within bounds of time.
pub(super) async fn hang_up(mut transport: Box<dyn Transport>) {
    // How it ends makes no difference.
    let _ = timeout(FAREWELL, transport.close(CloseCode::Normal)).await;
}

fn name(serializer: Serializer, websocket: bool) -> String {
    if websocket {
        format!("wamp.2.{serializer}")
    } else {
        serializer.to_string()
    }
}

/// How long a router may take to say goodbye. Not all do.
const FAREWELL: Duration = Duration::from_millis(500);
