//! Payload passthru mode: how the arguments of a call or publication are wrapped, and the keys.

use std::fmt;
use std::path::Path;

use clap::Args;
use wampkit::ppt::{Key, Keyring, Wrapping};
use wampkit::proto::Passthru;

use super::super::error::CliError;
use super::super::files::Files;

/// How arguments are wrapped.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Payload passthru mode")]
pub(crate) struct PassthruArgs {
    /// Wrap the arguments: wamp, mqtt, x_NAME
    #[arg(long, value_name = "S", hide_short_help = true)]
    pub(crate) ppt_scheme: Option<String>,

    /// In this: json, msgpack, cbor, native [cbor for wamp, else native]
    ///
    /// native stands for one binary argument, which goes as it is.
    #[arg(long, value_name = "S", hide_short_help = true)]
    pub(crate) ppt_serializer: Option<String>,

    /// Encrypt them from end to end: xsalsa20poly1305, aes256gcm
    #[arg(long, value_name = "C", hide_short_help = true, requires = "ppt_keyid")]
    pub(crate) ppt_cipher: Option<String>,

    /// With this key, one of --ppt-key
    #[arg(
        long,
        value_name = "ID",
        hide_short_help = true,
        requires = "ppt_cipher"
    )]
    pub(crate) ppt_keyid: Option<String>,
}

impl PassthruArgs {
    /// How to wrap, if that is wanted. A cipher alone stands for the scheme `wamp`.
    ///
    /// # Errors
    /// What is unknown, or does not go together.
    pub(crate) fn wrapping(&self) -> Result<Option<Wrapping>, CliError> {
        let text = |text: &Option<String>| text.as_deref().map(Into::into);
        let wamp = || self.ppt_cipher.is_some().then(|| "wamp".into());
        let scheme = text(&self.ppt_scheme).or_else(wamp);
        if scheme.is_none() && self.ppt_serializer.is_some() {
            return Err(CliError::Usage {
                message: "--ppt-serializer goes with --ppt-scheme".to_owned(),
                hint: None,
            });
        }
        let cbor = || (scheme.as_deref() == Some("wamp")).then(|| "cbor".into());
        let attributes = Passthru {
            ppt_serializer: text(&self.ppt_serializer).or_else(cbor),
            ppt_cipher: text(&self.ppt_cipher),
            ppt_keyid: text(&self.ppt_keyid),
            ppt_scheme: scheme,
            ..Passthru::default()
        };
        Wrapping::of(&attributes).map_err(|error| CliError::Usage {
            message: error.to_string(),
            hint: None,
        })
    }
}

/// A key and where it is kept: `ID=@FILE`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyFile {
    id: String,
    path: String,
}

impl KeyFile {
    /// Reads `ID=@FILE`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.split_once("=@") {
            Some((id, path)) if !id.is_empty() && !path.is_empty() => Ok(Self {
                id: id.to_owned(),
                path: path.to_owned(),
            }),
            _ => Err("write ID=@FILE".to_owned()),
        }
    }

    /// The key's id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Lets a relative path count from this folder.
    pub(crate) fn count_from(&mut self, folder: &Path) {
        if self.path != "-" {
            self.path = folder.join(&self.path).to_string_lossy().into_owned();
        }
    }
}

impl fmt::Display for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=@{}", self.id, self.path)
    }
}

/// All these keys.
///
/// # Errors
/// A file that cannot be read, or holds no key.
pub(crate) fn keyring(files: &[KeyFile]) -> Result<Keyring, CliError> {
    files.iter().try_fold(Keyring::new(), |keys, file| {
        let text = Files::default().text(&file.path, "--ppt-key");
        let text = text.map_err(CliError::without_hint)?;
        let key = text
            .trim()
            .parse::<Key>()
            .map_err(|error| CliError::Usage {
                message: format!("--ppt-key: {}: {error}", Files::name(&file.path)),
                hint: Some("`openssl rand -hex 32` makes one".to_owned()),
            })?;
        Ok(keys.with(&*file.id, key))
    })
}
