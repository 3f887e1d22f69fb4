//! Subscriptions and their events.

use super::*;

#[test]
fn subscribers_of_a_topic_share_its_subscription() {
    let mut subject = Subject::open();
    subject.subscribed(1, 7);
    subject.subscribed(2, 7);
    let outputs = subject.receive(event(7));
    assert_eq!(
        outputs,
        [Output::Event {
            subscribers: [Ticket(1), Ticket(2)].into_iter().collect(),
            event: event(7)
        }]
    );
    assert_eq!(subject.unsubscribe(1), [answered(1, Answer::Done)]);
    let outputs = subject.unsubscribe(2);
    let [Output::Send(Message::Unsubscribe(unsubscribe))] = outputs[..] else {
        panic!("{outputs:?}");
    };
    assert_eq!(unsubscribe.subscription, id(7));
    assert!(
        subject.receive(event(7)).is_empty(),
        "an event that crossed"
    );
    assert_eq!(
        subject.receive(unsubscribed(unsubscribe.request)),
        [answered(2, Answer::Done)]
    );
    assert!(subject.receive(event(7)).is_empty());
}

/// The broker would take UNSUBSCRIBE to mean the subscriber as well whose SUBSCRIBE it has just been sent.
#[test]
fn a_subscription_stays_while_another_subscribe_for_it_is_pending() {
    let mut subject = Subject::open();
    subject.subscribed(1, 7);
    let request = subject.subscribe(2);
    assert_eq!(subject.unsubscribe(1), [answered(1, Answer::Done)]);
    assert!(subject.receive(event(7)).is_empty(), "nobody listens");
    let outputs = subject.receive(Subscribed {
        request,
        subscription: id(7),
    });
    assert_eq!(outputs, [answered(2, Answer::Acknowledged(id(7)))]);
    assert_eq!(subject.receive(event(7)).len(), 1);

    // If that SUBSCRIBE fails, the subscription has to go after all.
    let request = subject.subscribe(3);
    subject.unsubscribe(2);
    let outputs = subject.receive(error(MessageType::Subscribe, request));
    assert!(matches!(
        &outputs[..],
        [
            Output::Send(Message::Unsubscribe(_)),
            Output::Answered {
                ticket: Ticket(3),
                answer: Answer::Error(_)
            }
        ]
    ));
}

#[test]
fn a_subscriber_may_go_before_it_has_come() {
    let mut subject = Subject::open();
    let request = subject.subscribe(1);
    assert!(subject.unsubscribe(1).is_empty());
    let outputs = subject.receive(Subscribed {
        request,
        subscription: id(7),
    });
    let [Output::Send(Message::Unsubscribe(unsubscribe))] = outputs[..] else {
        panic!("{outputs:?}");
    };
    let outputs = subject.receive(unsubscribed(unsubscribe.request));
    assert!(outputs.is_empty(), "nobody waits for it");
}

#[test]
fn a_subscription_given_up_can_be_had_again() {
    let mut subject = Subject::open();
    subject.subscribed(1, 7);
    let outputs = subject.unsubscribe(1);
    let [Output::Send(Message::Unsubscribe(unsubscribe))] = outputs[..] else {
        panic!("{outputs:?}");
    };
    let request = subject.subscribe(2);
    subject.receive(unsubscribed(unsubscribe.request));
    subject.receive(Subscribed {
        request,
        subscription: id(7),
    });
    assert_eq!(subject.receive(event(7)).len(), 1);
}

#[test]
fn the_router_may_end_a_subscription() {
    let mut subject = Subject::open();
    subject.subscribed(1, 7);
    subject.subscribed(2, 7);
    let reason = Some(uris::NOT_AUTHORIZED);
    let revoked = |ticket| Output::Revoked {
        ticket: Ticket(ticket),
        reason: reason.clone(),
    };
    let outputs = subject.receive(Unsubscribed {
        request: None,
        details: RevocationDetails {
            subscription: Some(id(7)),
            reason: reason.clone(),
            ..RevocationDetails::default()
        },
    });
    assert_eq!(outputs, [revoked(1), revoked(2)]);
    let done = [answered(1, Answer::Done)];
    assert_eq!(subject.unsubscribe(1), done, "they crossed");
}
