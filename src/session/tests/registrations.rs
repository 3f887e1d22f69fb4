//! Registrations and their invocations.

use super::*;

#[test]
fn an_invocation_is_answered_once() {
    let mut subject = Subject::open();
    subject.registered(1, 5);
    let outputs = subject.receive(invocation(1, 5));
    assert_eq!(
        outputs,
        [Output::Invoke {
            ticket: Ticket(1),
            invocation: invocation(1, 5)
        }]
    );
    let answer = |progress| Input::Yield {
        invocation: id(1),
        options: YieldOptions {
            progress,
            ..YieldOptions::default()
        },
        payload: empty(),
    };
    for progress in [Some(true), Some(true), None] {
        let outputs = subject.feed(answer(progress));
        assert!(matches!(&outputs[..], [Output::Send(Message::Yield(_))]));
    }
    assert!(subject.feed(answer(None)).is_empty());
    let outputs = subject.feed(Input::Fail {
        invocation: id(1),
        error: uris::RUNTIME_ERROR,
        details: proto::ErrorDetails::default(),
        payload: empty(),
    });
    assert!(outputs.is_empty());
}

#[test]
fn an_interrupt_reaches_only_what_is_pending() {
    let mut subject = Subject::open();
    subject.registered(1, 5);
    let interrupt = Interrupt {
        request: id(1),
        options: InterruptOptions::default(),
    };
    assert!(subject.receive(interrupt.clone()).is_empty());
    subject.receive(invocation(1, 5));
    assert_eq!(
        subject.receive(interrupt),
        [Output::Interrupt { invocation: id(1) }]
    );
    let outputs = subject.feed(Input::Fail {
        invocation: id(1),
        error: uris::CANCELED,
        details: proto::ErrorDetails::default(),
        payload: empty(),
    });
    assert!(matches!(&outputs[..], [Output::Send(Message::Error(error))]
            if error.request_type == MessageType::Invocation && error.error == uris::CANCELED));
}

#[test]
fn a_pending_invocation_cannot_be_repeated() {
    let mut subject = Subject::open();
    subject.registered(1, 5);
    subject.receive(invocation(1, 5));
    subject.violated_by(invocation(1, 5));
}

/// An invocation of which more follows, or not.
fn part(request: u64, more: bool) -> proto::Invocation {
    let mut invocation = invocation(request, 5);
    invocation.details.progress = more.then_some(true);
    invocation
}

fn yielded(request: u64) -> Input {
    Input::Yield {
        invocation: id(request),
        options: YieldOptions::default(),
        payload: empty(),
    }
}

#[test]
fn an_invocation_may_come_in_parts() {
    let mut subject = Subject::open();
    subject.registered(1, 5);
    let outputs = subject.receive(part(1, true));
    assert!(matches!(&outputs[..], [Output::Invoke { .. }]));
    for more in [true, false] {
        let invocation = part(1, more);
        assert_eq!(
            subject.receive(invocation.clone()),
            [Output::InvokeMore { invocation }]
        );
    }
    subject.violated_by(part(1, false));
}

#[test]
fn parts_that_cross_with_the_answer_are_passed_over() {
    let mut subject = Subject::open();
    subject.registered(1, 5);
    subject.receive(part(1, true));
    assert_eq!(subject.feed(yielded(1)).len(), 1);
    assert!(subject.receive(part(1, true)).is_empty());
    assert!(subject.receive(part(1, false)).is_empty());
    // With the last part it is over: what comes then is a new invocation, of a router that uses ids again.
    let outputs = subject.receive(part(1, false));
    assert!(matches!(&outputs[..], [Output::Invoke { .. }]));
}

#[test]
fn what_was_cut_short_is_remembered_within_bounds() {
    let mut subject = Subject::open();
    subject.registered(1, 5);
    for request in 1..=2000 {
        subject.receive(part(request, true));
        subject.feed(yielded(request));
    }
    assert!(subject.receive(part(2000, true)).is_empty());
    assert_eq!(subject.0.cut_short.len(), 1024);
}

#[test]
fn a_partial_result_that_cannot_be_sent_ends_the_invocation() {
    let mut subject = Subject::open();
    subject.registered(1, 5);
    subject.receive(invocation(1, 5));
    let progress = Input::Yield {
        invocation: id(1),
        options: YieldOptions {
            progress: Some(true),
            ..YieldOptions::default()
        },
        payload: empty(),
    };
    let Some(Output::Send(message)) = subject.feed(progress).pop() else {
        panic!("nothing sent");
    };
    let outputs = subject.feed(Input::Unsent(message));
    let [
        Output::Interrupt { invocation },
        Output::Send(Message::Error(error)),
    ] = &outputs[..]
    else {
        panic!("{outputs:?}");
    };
    assert_eq!(*invocation, id(1));
    assert_eq!(error.error, uris::PAYLOAD_SIZE_EXCEEDED);
    assert!(subject.feed(yielded(1)).is_empty());
}

#[test]
fn an_invocation_that_crossed_with_unregister_is_refused() {
    let mut subject = Subject::open();
    subject.registered(1, 5);
    let ticket = Ticket(1);
    let request = subject.request(Input::Unregister { ticket });
    let outputs = subject.receive(invocation(1, 5));
    assert!(matches!(&outputs[..], [Output::Send(Message::Error(error))]
            if error.request == id(1) && error.error == uris::UNAVAILABLE));
    let outputs = subject.receive(Unregistered {
        request: Some(request),
        details: RevocationDetails::default(),
    });
    assert_eq!(outputs, [answered(1, Answer::Done)]);
}

#[test]
fn a_registration_may_be_given_up_before_it_is_made() {
    let mut subject = Subject::open();
    let request = subject.request(register(1));
    let ticket = Ticket(1);
    assert!(subject.feed(Input::Unregister { ticket }).is_empty());
    let outputs = subject.receive(Registered {
        request,
        registration: id(5),
    });
    assert!(matches!(
        &outputs[..],
        [Output::Send(Message::Unregister(unregister))] if unregister.registration == id(5)
    ));
}

#[test]
fn the_router_may_end_a_registration() {
    let mut subject = Subject::open();
    subject.registered(1, 5);
    let revoked = |registration| Unregistered {
        request: None,
        details: RevocationDetails {
            registration,
            ..RevocationDetails::default()
        },
    };
    assert_eq!(
        subject.receive(revoked(Some(id(5)))),
        [Output::Revoked {
            ticket: Ticket(1),
            reason: None
        }]
    );
    assert!(subject.receive(revoked(Some(id(5)))).is_empty());
    let ticket = Ticket(1);
    let done = [answered(1, Answer::Done)];
    assert_eq!(
        subject.feed(Input::Unregister { ticket }),
        done,
        "they crossed"
    );
    subject.violated_by(revoked(None));
}
