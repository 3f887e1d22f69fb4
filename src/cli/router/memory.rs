//! Memory that a crowd of connections took, given back to the system when the crowd has gone.
//!
//! The allocator of glibc returns what is free at the end of its heaps only, and somewhere near the end something always lives. Of a router that
//! had 10 000 sessions and has none, 80 of 90 MB would stay resident, of which it uses one. `malloc_trim` returns every page that is free.

use std::time::Duration;

use tokio::time::interval;
use wampkit::Router;

/// Looks at the router now and then, and gives memory back when half of its connections have gone or more. Goes on for ever.
pub(super) async fn give_back(router: Router) {
    let mut most = 0;
    let mut looks = interval(PAUSE);
    loop {
        looks.tick().await;
        let connections = router.connections();
        most = most.max(connections);
        if most >= CROWD && connections <= most / 2 {
            most = connections;
            // It takes milliseconds, for which no connection waits.
            let _ = tokio::task::spawn_blocking(trim).await;
        }
    }
}

/// How long between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// So many connections leave some megabytes behind, fewer nothing to speak of.
const CROWD: usize = 500;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "measured need: nothing safe gives the memory back, and another allocator starts slower"
)]
fn trim() {
    // SAFETY: it takes no pointer, and glibc locks its heaps against all other calls (malloc_trim(3): MT-Safe).
    let given = unsafe { libc::malloc_trim(0) } == 1;
    tracing::debug!(given, "memory of connections that have gone");
}

/// Other allocators give back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
const fn trim() {}
