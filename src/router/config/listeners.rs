//! `[[listeners]]`: where the router is reached, and how.

use std::net::IpAddr;
use std::path::PathBuf;

use crate::proto::Serializer;
use crate::transport::{
    Address, ClientAuth, Endpoint, Framing, ListenOptions, ServerTls, TlsFiles,
};

use super::Limits;
use super::limits::{self, MessageSizes};
use crate::settings::Place;
use crate::settings::{Item, Reader, Section};

/// A place to listen at.
#[derive(Clone, Debug)]
pub struct ListenerConfig {
    /// Where.
    pub endpoint: Endpoint,
    /// How; the certificate is loaded.
    pub options: ListenOptions,
    /// The files that [`ListenOptions::tls`] was loaded from.
    pub files: Option<TlsFiles>,
    /// Whether anonymous clients may come in here although others than this machine reach it.
    pub allow_anonymous: bool,
    /// [`ListenOptions::origins`] as they were written.
    pub(super) origins: Vec<String>,
    /// Where it stands.
    pub(super) place: Place,
}

impl ListenerConfig {
    /// Whether only this machine reaches it: a Unix socket, or a loopback address.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self.endpoint.address() {
            Address::Unix(_) => true,
            Address::Tcp { host, .. } => is_local(host),
        }
    }

    /// Whether anonymous clients may come in here, if their realm lets them.
    #[must_use]
    pub fn admits_anonymous(&self) -> bool {
        self.allow_anonymous || self.is_local()
    }

    /// The address alone: two listeners cannot have the same.
    fn address(&self) -> Option<&Address> {
        match self.endpoint.address() {
            Address::Tcp { port: 0, .. } => None,
            address => Some(address),
        }
    }
}

pub(super) fn read(root: &Section<'_>, limits: &Limits) -> Vec<ListenerConfig> {
    let mut listeners: Vec<ListenerConfig> = Vec::new();
    for section in root.tables("listeners", "[[listeners]]") {
        let url = section.get("url");
        if let Some(listener) = listener(section, limits) {
            let same = |other: &&ListenerConfig| {
                listener.address().is_some() && listener.address() == other.address()
            };
            if let (Some(first), Some(url)) = (listeners.iter().find(same), url) {
                let line = first.place.line;
                url.fault(format!(
                    "this address is listened at already, by line {line}"
                ));
            }
            listeners.push(listener);
        }
    }
    listeners
}

fn listener(section: Section<'_>, defaults: &Limits) -> Option<ListenerConfig> {
    let url = section.need("url");
    let endpoint = url.and_then(|url| {
        let text = url.text()?;
        text.parse::<Endpoint>()
            .map_err(|error| url.fault(format!("cannot listen on {text}: {error}")))
            .ok()
    });
    let MessageSizes { all, narrower } = limits::message_sizes(&section, defaults.max_message);
    let mut options = ListenOptions {
        max_frame: all,
        narrower,
        ..ListenOptions::default()
    };
    if let Some(transports) = section.get("transports")
        && let Some(framings) = transports.choices(&FRAMINGS, false)
    {
        if let Some(endpoint) = &endpoint
            && !framings.is_empty()
            && !framings.contains(&endpoint.framing())
        {
            transports.fault("`transports` lacks the one of `url`");
        }
        options.framings = framings;
    }
    if let Some(serializers) = section.get("serializers") {
        let known = Serializer::ALL.map(|serializer| (serializer.as_str(), serializer));
        options.serializers = serializers.choices(&known, false).unwrap_or_default();
    }
    let mut origins = Vec::new();
    for item in section
        .get("origins")
        .map(|it| it.list())
        .unwrap_or_default()
    {
        let Some(text) = item.text() else { continue };
        match options.origins.clone().with(text) {
            Ok(more) => {
                options.origins = more;
                origins.push(text.to_owned());
            }
            Err(error) => item.fault(error.to_string()),
        }
    }
    let mut files = None;
    match (section.get("tls"), &endpoint) {
        (Some(item), Some(endpoint)) if !endpoint.is_tls() => {
            let scheme = if endpoint.framing() == Framing::WebSocket {
                "wss"
            } else {
                "rss"
            };
            let hint = match endpoint.address() {
                Address::Tcp { .. } => {
                    Some(format!("write `{scheme}://` in `url`, or leave `tls` away"))
                }
                Address::Unix(_) => Some("a Unix socket needs no TLS".to_owned()),
            };
            item.fault_with("`tls` is of no use to a URL without TLS", hint);
        }
        (Some(item), _) => {
            files = tls_files(item);
            if let Some(files) = &files
                && section.reader.key.is_some()
            {
                match ServerTls::load(files) {
                    Ok(tls) => options.tls = Some(tls),
                    Err(error) => item.fault(format!("`tls`: {error}")),
                }
            }
        }
        (None, Some(endpoint)) if endpoint.is_tls() => {
            let hint = "add tls = { cert = \"cert.pem\", key = \"key.pem\" }".to_owned();
            let message = "a URL with TLS needs a certificate";
            section.reader.fault(url?.node.at, message, Some(hint));
        }
        _ => {}
    }
    let allow_anonymous = section.get("allow_anonymous").and_then(|it| it.boolean());
    let place = section.reader.place(section.at);
    section.finish();
    Some(ListenerConfig {
        endpoint: endpoint?,
        options,
        files,
        allow_anonymous: allow_anonymous.unwrap_or_default(),
        origins,
        place,
    })
}

fn tls_files(item: Item<'_>) -> Option<TlsFiles> {
    let section = item.section("tls")?;
    let cert = section.need("cert").and_then(|it| path(section.reader, it));
    let key = section.need("key").and_then(|it| path(section.reader, it));
    let client_ca = section
        .get("client_ca")
        .and_then(|it| path(section.reader, it));
    let client_auth = match section.get("client_auth") {
        Some(item) => client_auth(item, client_ca.is_some()),
        None if client_ca.is_some() => Some(ClientAuth::Request),
        None => Some(ClientAuth::None),
    };
    section.finish();
    Some(TlsFiles {
        cert: cert?,
        key: key?,
        client_ca,
        client_auth: client_auth?,
    })
}

fn client_auth(item: Item<'_>, has_ca: bool) -> Option<ClientAuth> {
    let known = [ClientAuth::None, ClientAuth::Request, ClientAuth::Require];
    let client_auth = item.choice(&known.map(|it| (it.as_str(), it)))?;
    match (client_auth, has_ca) {
        (ClientAuth::None, true) => {
            item.fault("`client_ca` is of no use while `client_auth` is \"none\"");
        }
        (ClientAuth::Request | ClientAuth::Require, false) => {
            item.fault("`client_auth` needs `client_ca`, those who sign the certificates");
            return None;
        }
        _ => {}
    }
    Some(client_auth)
}

/// Whether only this machine reaches a host by this name or address.
pub(super) fn is_local(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_loopback = |address: IpAddr| address.to_canonical().is_loopback();
    name.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
}

fn path(reader: &Reader<'_>, item: Item<'_>) -> Option<PathBuf> {
    Some(reader.folder.join(item.name()?))
}

/// The transports by their words.
pub(super) const FRAMINGS: [(&str, Framing); 2] = [
    ("websocket", Framing::WebSocket),
    ("rawsocket", Framing::RawSocket),
];

/// The shortest limit of messages: that which RawSocket can say.
pub(super) const LEAST_MESSAGE: usize = 512;

/// The longest: more than any message has.
pub(super) const MOST_MESSAGE: usize = 1 << 31;
