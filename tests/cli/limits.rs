//! How many connections `wamp router` takes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::support::{PATIENCE, Router, file, wamp};

/// The answer to a RawSocket client.
fn answer(stream: &mut TcpStream) -> [u8; 4] {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(&[0x7F, 0xF1, 0, 0]).unwrap();
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).unwrap();
    answer
}

/// The limit of open files that a router inherits is not the one that it has to live with.
#[test]
fn a_router_takes_more_connections_than_its_first_limit_of_open_files() {
    const CLIENTS: usize = 150;
    let script = "ulimit -Sn 100 && exec \"$0\" router -q --listen rs://127.0.0.1:0";
    let mut router = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_wamp")])
        .env_clear()
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    let stdout = router.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut url).unwrap();
    let address = url.trim().trim_start_matches("WAMP_URL=rs://").to_owned();
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = TcpStream::connect(&address).unwrap();
        assert_eq!(answer(&mut client)[1] & 0x0F, 1);
        clients.push(client);
    }
    router.kill().unwrap();
    router.wait().unwrap();
}

#[test]
fn a_full_router_is_an_error_with_its_reason() {
    let text = "[limits]\nconnections = 1\nhandshake_time = \"1m\"\nhello_time = \"1m\"\n[[realms]]\nname = \"realm1\"\n";
    let (_folder, path) = file("wamp.toml", text);
    let path = path.to_str().unwrap();
    let checked = wamp(["router", "-f", path, "--check"]).run().clean();
    assert!(
        checked.contains("takes 1 connections, 10000 from one address"),
        "{checked}"
    );
    let router = Router::with(&["-f", path]);
    let address = router.url.split('/').nth(2).unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    assert_eq!(answer(&mut client)[1] & 0x0F, 1);
    let error = router
        .wamp(["publish", "com.topic", "--retry", "0"])
        .run()
        .failed(3);
    assert!(
        error.contains("This router has too many connections."),
        "{error}"
    );
}
