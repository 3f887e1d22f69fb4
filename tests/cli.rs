//! The `wamp` command, end to end: processes against processes.

mod support;

mod cli {
    mod authz;
    mod bench;
    mod bench_compare;
    mod call;
    mod command;
    mod completions;
    mod context;
    mod coprocess;
    mod doctor;
    mod dry_run;
    mod editing;
    mod encoding;
    mod every_command;
    mod examples;
    mod exit;
    mod features;
    mod formats;
    mod guarded;
    mod heartbeat;
    mod help;
    mod history;
    mod hostile;
    mod inspect;
    mod jobs;
    mod keygen;
    mod login;
    mod options;
    mod passthru;
    mod ping;
    mod progress;
    mod promised;
    mod proxy;
    mod publish;
    mod reconnect;
    mod record;
    mod refused;
    mod register;
    mod relay;
    mod repl;
    mod replay;
    mod round_trip;
    mod router;
    mod scripted;
    mod scripts;
    mod services;
    mod stage;
    mod subscribe;
    mod terminals;
    mod tls;
    mod trace;
    mod waiting;
    mod window;
}
