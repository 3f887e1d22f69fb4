//! The catalogue of a router on the disk, for the short time from one Tab to the next.

use std::fs::{self, DirBuilder};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use super::super::args::ConnectionArgs;
use super::super::catalogue::Catalogue;
use super::super::connection::{DEFAULT_REALM, DEFAULT_URL};
use super::super::private;

/// The file of one router, realm and person.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    path: PathBuf,
}

/// What is in it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// Until when it is not asked for anew, in milliseconds of Unix time.
    until: u64,
    catalogue: Catalogue,
}

impl Cache {
    /// The file of those who connect so; there is none without a home.
    pub(crate) fn of(args: &ConnectionArgs) -> Option<Self> {
        let folder = etcetera::choose_base_strategy().ok()?.cache_dir();
        // Whoever may see more has an authid or a role. Nothing that is secret goes into the name.
        let mut hasher = DefaultHasher::new();
        args.url.as_deref().unwrap_or(DEFAULT_URL).hash(&mut hasher);
        args.realm
            .as_deref()
            .unwrap_or(DEFAULT_REALM)
            .hash(&mut hasher);
        (&args.authid, &args.authrole).hash(&mut hasher);
        let name = format!("{:016x}.json", hasher.finish());
        Some(Self {
            path: folder.join("wamp").join(name),
        })
    }

    /// What it holds, and whether that is to be taken as it is: fresh, or there is no use in asking again so soon.
    pub(crate) fn read(&self) -> (Catalogue, bool) {
        let kept = self.load();
        // A time beyond the longest was set by another clock.
        let now = now();
        let is_current = kept.until > now && kept.until <= now + millis(PAUSE);
        (kept.catalogue, is_current)
    }

    /// Notes that the router is about to be asked, so that nobody else does as well, and that it is left alone for a while if it
    /// does not answer.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn begin(&self) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or_else(|| Path::new(""));
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        forget_old(folder);
        self.store(&Kept {
            until: now() + millis(PAUSE),
            ..self.load()
        })
    }

    /// Keeps what the router has told.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn write(&self, catalogue: Catalogue) -> io::Result<()> {
        self.store(&Kept {
            until: now() + millis(LIFE),
            catalogue,
        })
    }

    fn load(&self) -> Kept {
        let text = fs::read(&self.path).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn store(&self, kept: &Kept) -> io::Result<()> {
        private::renew(&self.path, &serde_json::to_string(kept)?)
    }
}

/// Removes the files of routers that nobody asks any more.
fn forget_old(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let written = entry.metadata().and_then(|metadata| metadata.modified());
        let age = written.ok().and_then(|written| written.elapsed().ok());
        if age.is_some_and(|age| age > OLD) {
            // Somebody else may have.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, millis)
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}

/// How long a catalogue is taken for that of the router: while a line is typed.
const LIFE: Duration = Duration::from_secs(5);

/// How long a router that does not answer is left alone.
const PAUSE: Duration = Duration::from_secs(10);

/// After this a file is of no use, not even while the router does not answer.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_catalogue_is_kept_while_the_router_is_asked_again() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache {
            path: folder.path().join("wamp").join("x.json"),
        };
        assert_eq!(cache.read(), (Catalogue::default(), false));
        cache.begin().unwrap();
        assert_eq!(cache.read(), (Catalogue::default(), true));
        let mut catalogue = Catalogue::default();
        let who = ("joe".to_owned(), "user".to_owned());
        catalogue.sessions.insert(7, who);
        cache.write(catalogue.clone()).unwrap();
        assert_eq!(cache.read(), (catalogue.clone(), true));
        cache.begin().unwrap();
        assert_eq!(cache.read(), (catalogue.clone(), true));
        let metadata = fs::metadata(&cache.path).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o7777, 0o600);
        // It is not asked for anew for ever if the clock was wrong once.
        for until in [0, u64::MAX] {
            let catalogue = catalogue.clone();
            cache.store(&Kept { until, catalogue }).unwrap();
            assert!(!cache.read().1, "{until}");
        }
        fs::write(&cache.path, "{\"until\":").unwrap();
        assert_eq!(cache.read(), (Catalogue::default(), false));
    }

    #[test]
    fn others_have_other_files() {
        let of = |realm: Option<&str>, authid: Option<&str>| {
            let args = ConnectionArgs {
                realm: realm.map(str::to_owned),
                authid: authid.map(str::to_owned),
                ..ConnectionArgs::default()
            };
            Cache::of(&args).unwrap().path
        };
        assert_eq!(of(None, None), of(Some(DEFAULT_REALM), None));
        assert_ne!(of(None, None), of(Some("other"), None));
        assert_ne!(of(None, None), of(None, Some("joe")));
    }
}
