//! Joining, leaving, and what the router must not do.

use super::*;

#[test]
fn a_refusal_ends_the_session() {
    let mut subject = Subject::joining();
    assert!(subject.0.awaits_reply());
    let refusal = abort(uris::NO_SUCH_REALM);
    assert_eq!(
        subject.receive(refusal.clone()),
        [Output::Ended(End::Refused(refusal))]
    );
    assert!(subject.receive(goodbye(uris::CLOSE_NORMAL)).is_empty());
    assert!(!subject.0.awaits_reply());
}

#[test]
fn a_challenge_is_put_to_the_application() {
    let mut subject = Subject::joining();
    let challenge = Challenge {
        method: "ticket".into(),
        extra: proto::Dict::new(),
    };
    assert_eq!(
        subject.receive(challenge.clone()),
        [Output::Challenged(challenge)]
    );
    let proof = proto::Authenticate {
        signature: "secret".into(),
        extra: proto::Dict::new(),
    };
    assert_eq!(
        subject.feed(Input::Authenticate(proof.clone())),
        [Output::Send(proof.into())]
    );
    let outputs = subject.feed(Input::Abort {
        reason: uris::NO_MATCHING_AUTH_METHOD,
        message: "no such method here".to_owned(),
    });
    assert!(
        matches!(&outputs[..], [Output::Send(Message::Abort(abort)), Output::Ended(End::Left)]
            if abort.reason == uris::NO_MATCHING_AUTH_METHOD)
    );
}

#[test]
fn nothing_but_welcome_abort_and_challenge_answers_hello() {
    let fault = Subject::joining().violated_by(goodbye(uris::CLOSE_NORMAL));
    assert_eq!(
        fault,
        "received GOODBYE, before the session was established"
    );
    Subject::joining().violated_by(event(1));
}

#[test]
fn answers_that_answer_nothing_are_violations() {
    let never_made = Subject::open().violated_by(result(id(1), false));
    assert_eq!(never_made, "RESULT answers request 1, which was never made");
    let mut subject = Subject::open();
    let request = subject.subscribe(1);
    assert_eq!(
        subject.violated_by(result(request, false)),
        "RESULT for CALL answers request 1, which is a SUBSCRIBE"
    );
    let mut subject = Subject::open();
    let request = subject.call(1);
    subject.violated_by(error(MessageType::Register, request));
    let mut subject = Subject::open();
    let request = subject.call(1);
    subject.violated_by(error(MessageType::Invocation, request));
    Subject::open().violated_by(event(7));
    Subject::open().violated_by(invocation(1, 7));
    Subject::open().violated_by(Welcome {
        session: id(1),
        details: WelcomeDetails::default(),
    });
    Subject::open().violated_by(proto::Unsubscribe {
        request: id(1),
        subscription: id(1),
    });
}

#[test]
fn what_is_no_message_is_a_violation() {
    let outputs = Subject::open().feed(Input::Malformed("not a list".to_owned()));
    assert!(matches!(
        &outputs[..],
        [Output::Send(Message::Abort(_)), Output::Ended(End::Violation(fault))] if fault == "not a list"
    ));
}

#[test]
fn leaving_waits_for_goodbye_and_passes_the_rest_over() {
    let mut subject = Subject::open();
    let request = subject.call(1);
    let reason = uris::CLOSE_REALM;
    assert_eq!(
        subject.feed(Input::Leave {
            reason: reason.clone()
        }),
        [Output::Send(goodbye(reason).into())]
    );
    assert!(subject.receive(result(request, false)).is_empty());
    assert!(subject.receive(event(1)).is_empty());
    assert!(subject.call_is_passed_over());
    assert!(subject.0.awaits_reply());
    // crossbar says `wamp.close.normal` where the specification has `goodbye_and_out`.
    assert_eq!(
        subject.receive(goodbye(uris::CLOSE_NORMAL)),
        [Output::Ended(End::Left)]
    );
}

#[test]
fn the_routers_goodbye_is_answered() {
    let mut subject = Subject::open();
    let said = goodbye(uris::SYSTEM_SHUTDOWN);
    assert_eq!(
        subject.receive(said.clone()),
        [
            Output::Send(goodbye(uris::GOODBYE_AND_OUT).into()),
            Output::Ended(End::Goodbye(said))
        ]
    );
}

#[test]
fn the_routers_abort_is_not_answered() {
    let mut subject = Subject::open();
    let said = abort(uris::CLOSE_KILLED);
    assert_eq!(
        subject.receive(said.clone()),
        [Output::Ended(End::Aborted(said))]
    );
}
