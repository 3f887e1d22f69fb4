//! Calls, publications, and requests in general.

use super::*;

#[test]
fn request_ids_count_from_1_over_all_requests() {
    let mut subject = Subject::open();
    assert_eq!(subject.call(1), id(1));
    assert_eq!(subject.subscribe(2), id(2));
    assert_eq!(subject.request(register(3)), id(3));
    assert_eq!(subject.request(publish(4, false)), id(4));
    assert_eq!(subject.request(publish(5, true)), id(5));
}

#[test]
fn a_call_has_progressive_results_and_a_final_one() {
    let mut subject = Subject::open();
    let (first, second) = (subject.call(1), subject.call(2));
    let more = result(first, true);
    assert_eq!(
        subject.receive(more.clone()),
        [Output::Progress {
            ticket: Ticket(1),
            result: more
        }]
    );
    let refused = error(MessageType::Call, second);
    assert_eq!(
        subject.receive(refused.clone()),
        [answered(2, Answer::Error(refused))]
    );
    let last = result(first, false);
    assert_eq!(
        subject.receive(last.clone()),
        [answered(1, Answer::Result(last.clone()))]
    );
    assert!(!subject.0.awaits_reply());
    assert!(subject.receive(last).is_empty(), "late, and passed over");
}

#[test]
fn a_canceled_call_is_forgotten_and_its_answer_late() {
    let mut subject = Subject::open();
    let request = subject.call(1);
    let cancel = |mode| Input::Cancel {
        ticket: Ticket(1),
        mode,
    };
    let outputs = subject.feed(cancel(CancelMode::KillNoWait));
    assert!(
        matches!(&outputs[..], [Output::Send(Message::Cancel(cancel))]
            if cancel.request == request && cancel.options.mode == Some(CancelMode::KillNoWait))
    );
    assert!(!subject.0.awaits_reply());
    assert!(
        subject
            .receive(error(MessageType::Call, request))
            .is_empty()
    );
    assert!(subject.receive(result(request, true)).is_empty());
    assert!(subject.feed(cancel(CancelMode::KillNoWait)).is_empty());
}

#[test]
fn a_call_canceled_with_kill_is_still_answered() {
    let mut subject = Subject::open();
    let request = subject.call(1);
    let outputs = subject.feed(Input::Cancel {
        ticket: Ticket(1),
        mode: CancelMode::Kill,
    });
    assert!(matches!(&outputs[..], [Output::Send(Message::Cancel(_))]));
    let last = result(request, false);
    assert_eq!(
        subject.receive(last.clone()),
        [answered(1, Answer::Result(last))]
    );
}

#[test]
fn a_router_without_call_canceling_is_not_told() {
    let mut subject = Subject::welcomed(&[]);
    let request = subject.call(1);
    let mode = CancelMode::KillNoWait;
    let ticket = Ticket(1);
    assert!(subject.feed(Input::Cancel { ticket, mode }).is_empty());
    assert!(subject.receive(result(request, false)).is_empty());
}

fn call_in_parts(subject: &mut Subject, ticket: u64) -> Id {
    subject.request(Input::Call {
        ticket: Ticket(ticket),
        options: CallOptions {
            progress: Some(true),
            timeout: Some(5),
            ..CallOptions::default()
        },
        procedure: "com.add".into(),
        payload: empty(),
    })
}

fn more(ticket: u64, more: bool) -> Input {
    Input::CallMore {
        ticket: Ticket(ticket),
        more,
        payload: empty(),
    }
}

#[test]
fn the_parts_of_a_call_have_its_id_and_no_options_but_progress() {
    let mut subject = Subject::open();
    let request = call_in_parts(&mut subject, 1);
    subject.call(2);
    for follows in [true, false] {
        let outputs = subject.feed(more(1, follows));
        let [Output::Send(Message::Call(part))] = &outputs[..] else {
            panic!("{outputs:?}");
        };
        assert_eq!(part.request, request);
        assert_eq!(part.procedure, "com.add");
        assert_eq!(
            part.options,
            CallOptions {
                progress: follows.then_some(true),
                ..CallOptions::default()
            }
        );
    }
    assert!(subject.feed(more(1, true)).is_empty(), "the last was sent");
    assert!(subject.feed(more(2, true)).is_empty(), "it was whole");
}

#[test]
fn a_call_that_is_answered_has_no_further_parts() {
    let mut subject = Subject::open();
    let request = call_in_parts(&mut subject, 1);
    subject.receive(result(request, false));
    assert!(subject.feed(more(1, true)).is_empty());
}

#[test]
fn a_part_that_cannot_be_sent_ends_the_call() {
    let mut subject = Subject::open();
    let request = call_in_parts(&mut subject, 1);
    let Some(Output::Send(part)) = subject.feed(more(1, true)).pop() else {
        panic!("nothing sent");
    };
    let outputs = subject.feed(Input::Unsent(part));
    let [Output::Send(Message::Cancel(cancel)), unsent] = &outputs[..] else {
        panic!("{outputs:?}");
    };
    assert_eq!(cancel.request, request);
    assert_eq!(*unsent, answered(1, Answer::Unsent));
}

#[test]
fn a_call_with_partial_results_awaits_none_of_them_in_particular() {
    let mut subject = Subject::open();
    subject.request(Input::Call {
        ticket: Ticket(1),
        options: CallOptions {
            receive_progress: Some(true),
            ..CallOptions::default()
        },
        procedure: "com.add".into(),
        payload: empty(),
    });
    assert!(!subject.0.awaits_reply());
    subject.call(2);
    assert!(subject.0.awaits_reply());
}

#[test]
fn publications_are_answered_only_when_acknowledged() {
    let mut subject = Subject::open();
    subject.request(publish(1, false));
    assert!(!subject.0.awaits_reply());
    let request = subject.request(publish(2, true));
    let publication = id(77);
    let outputs = subject.receive(Published {
        request,
        publication,
    });
    assert_eq!(outputs, [answered(2, Answer::Acknowledged(publication))]);
}

#[test]
fn what_cannot_be_sent_is_answered_all_the_same() {
    let mut subject = Subject::open();
    let call = Input::Call {
        ticket: Ticket(1),
        options: CallOptions::default(),
        procedure: "com.add".into(),
        payload: empty(),
    };
    let Some(Output::Send(message)) = subject.feed(call).pop() else {
        panic!("nothing sent");
    };
    assert_eq!(
        subject.feed(Input::Unsent(message)),
        [answered(1, Answer::Unsent)]
    );

    subject.registered(2, 5);
    subject.receive(invocation(1, 5));
    let answer = Input::Yield {
        invocation: id(1),
        options: YieldOptions::default(),
        payload: empty(),
    };
    let Some(Output::Send(message)) = subject.feed(answer).pop() else {
        panic!("nothing sent");
    };
    let Some(Output::Send(Message::Error(shorter))) = subject.feed(Input::Unsent(message)).pop()
    else {
        panic!("nothing sent");
    };
    assert_eq!(shorter.request, id(1));
    assert_eq!(shorter.error, uris::PAYLOAD_SIZE_EXCEEDED);
    let outputs = subject.feed(Input::Unsent(shorter.into()));
    assert!(matches!(
        outputs.last(),
        Some(Output::Ended(End::Violation(_)))
    ));
}
