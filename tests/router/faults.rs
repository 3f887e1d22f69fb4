//! Connections that break, and messages that do not fit.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wampkit::proto::{Serializer, Value};
use wampkit::{Client, Session};

use crate::{Fixture, within};

/// Binary grows by a third on its way into JSON: what fits into a publisher's frame may not fit into a subscriber's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payload_that_outgrows_the_limit_in_json_harms_nobody() {
    let fixture = Fixture::start().await;
    let publisher = websocket(&fixture, Serializer::MsgPack).await;
    let (json, cbor) = (
        websocket(&fixture, Serializer::Json).await,
        websocket(&fixture, Serializer::Cbor).await,
    );
    let mut in_json = json.subscribe("com.picture").await.unwrap();
    let mut in_cbor = cbor.subscribe("com.picture").await.unwrap();
    let picture = Value::Bin(vec![7; 13 << 20].into());
    let publish = |value: &Value| {
        let publish = publisher.publish("com.picture").args((value.clone(),));
        publish.acknowledge().into_future()
    };
    // Whether the publisher is told does not matter here.
    let _ = within(publish(&picture)).await;
    within(publish(&Value::from("small"))).await.unwrap();
    assert_eq!(
        within(in_cbor.next())
            .await
            .unwrap()
            .args::<(Value,)>()
            .unwrap()
            .0,
        picture
    );
    let event = within(in_json.next()).await.expect("the session lives");
    assert_eq!(event.args::<(String,)>().unwrap().0, "small");
}

/// Too long a message is refused before it is sent: the session goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_too_long_ends_no_session() {
    let fixture = Fixture::start().await;
    let session = websocket(&fixture, Serializer::MsgPack).await;
    let long = Value::Bin(vec![7; 17 << 20].into());
    let error = within(session.call("com.any").args((long,)).into_future()).await;
    assert!(error.unwrap_err().to_string().contains("long"));
    let error = within(session.call("com.any").into_future())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("no_such_procedure"), "{error}");
}

/// What came in whole before the connection was cut was said.
#[tokio::test]
async fn messages_before_a_cut_in_mid_frame_are_delivered() {
    const PUBLISHED: usize = 50;
    let fixture = Fixture::start().await;
    let subscriber = websocket(&fixture, Serializer::Json).await;
    let mut events = subscriber.subscribe("com.last.words").await.unwrap();

    let address = fixture.rawsocket().trim_start_matches("rs://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&[0x7F, 0xF1, 0, 0]).await.unwrap();
    let hello = r#"[1,"realm1",{"roles":{"publisher":{}}}]"#;
    stream.write_all(&frame(hello)).await.unwrap();
    let mut welcome = [0; 16];
    stream.read_exact(&mut welcome).await.unwrap();
    let mut burst = Vec::new();
    for number in 0..PUBLISHED {
        let request = number + 1;
        burst.extend(frame(&format!(
            r#"[16,{request},{{}},"com.last.words",[{number}]]"#
        )));
    }
    let last = frame(r#"[16,99,{},"com.last.words",["in mid-fr"#);
    burst.extend(&last[..last.len() - 5]);
    stream.write_all(&burst).await.unwrap();
    stream.shutdown().await.unwrap();

    for number in 0..PUBLISHED {
        let event = within(events.next()).await.unwrap();
        assert_eq!(event.args::<(usize,)>().unwrap(), (number,));
    }
}

/// A fault of the transport before HELLO is answered like one after it: with a reason.
#[tokio::test]
async fn a_transport_fault_before_hello_is_told() {
    let fixture = Fixture::start().await;
    let address = fixture.rawsocket().trim_start_matches("rs://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&[0x7F, 0xF1, 0, 0]).await.unwrap();
    // Frames of type 3 are reserved.
    stream.write_all(&[3, 0, 0, 0]).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    let abort: serde_json::Value = serde_json::from_slice(&answer[8..]).unwrap();
    assert_eq!(
        (&abort[0], &abort[2]),
        (&3.into(), &"wamp.error.protocol_violation".into())
    );
    assert!(
        abort[1]["message"].as_str().unwrap().contains("type 3"),
        "{abort}"
    );
}

async fn websocket(fixture: &Fixture, serializer: Serializer) -> Session {
    let client = Client::builder(fixture.websocket.to_string()).realm("realm1");
    client.serializers([serializer]).connect().await.unwrap()
}

/// A RawSocket frame.
fn frame(message: &str) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&length.to_be_bytes(), message.as_bytes()].concat()
}
