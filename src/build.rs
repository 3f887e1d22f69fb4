//! Has `wamp` linked with packed relocations (`DT_RELR`) where the system's loader knows them, which glibc's does since 2.36: a quarter of
//! a megabyte that each start would read is then not in the file.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=src/build.rs");
    if is_native() && glibc().is_some_and(|version| version >= (2, 36)) {
        println!("cargo::rustc-link-arg-bin=wamp=-Wl,-z,pack-relative-relocs");
    }
}

/// Whether it is built for this machine, and that one has glibc.
fn is_native() -> bool {
    let is = |variable, value: &str| env::var(variable).is_ok_and(|found| found == value);
    let host = env::var("HOST").unwrap_or_default();
    is("TARGET", &host) && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu")
}

/// The version of this machine's glibc: `glibc 2.36`, says getconf.
fn glibc() -> Option<(u32, u32)> {
    let told = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let told = String::from_utf8(told.ok()?.stdout).ok()?;
    let (major, minor) = told.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
