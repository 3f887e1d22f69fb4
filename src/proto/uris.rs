//! The URIs that WAMP predefines.
//!
//! Source: Basic Profile, "Basic Profile URIs"; Advanced Profile, "Advanced Profile URIs".

use super::Uri;

macro_rules! uris {
    ($($(#[$meta:meta])* $name:ident = $uri:literal;)+) => {
        $($(#[$meta])* pub const $name: Uri = Uri::from_static($uri);)+

        /// The text of all of them.
        pub const ALL: &[&str] = &[$($uri),+];
    };
}

uris! {
    /// A URI of a message is malformed, or reserved.
    INVALID_URI = "wamp.error.invalid_uri";
    /// Nothing is registered under the URI called.
    NO_SUCH_PROCEDURE = "wamp.error.no_such_procedure";
    /// Something is registered under that URI already.
    PROCEDURE_ALREADY_EXISTS = "wamp.error.procedure_already_exists";
    /// Something is registered under that URI already, with another invocation policy (as crossbar says it).
    DIFFERENT_INVOCATION_POLICY = "wamp.error.procedure_exists_with_different_invocation_policy";
    /// UNREGISTERED: the registration was taken away (as crossbar says it).
    UNREGISTERED = "wamp.error.unregistered";
    /// The registration is not the session's, or no longer.
    NO_SUCH_REGISTRATION = "wamp.error.no_such_registration";
    /// The subscription is not the session's, or no longer.
    NO_SUCH_SUBSCRIPTION = "wamp.error.no_such_subscription";
    /// The arguments are not acceptable.
    INVALID_ARGUMENT = "wamp.error.invalid_argument";
    /// The call was canceled. The specification also spells it `cancelled`; see [`is_canceled`].
    CANCELED = "wamp.error.canceled";
    /// A message exceeds a size limit.
    PAYLOAD_SIZE_EXCEEDED = "wamp.error.payload_size_exceeded";
    /// A session has, or does, as much as the router lets it (the specification has no URI for that).
    LIMIT_EXCEEDED = "wamp.error.limit_exceeded";
    /// GOODBYE, ABORT: the peer shuts down.
    SYSTEM_SHUTDOWN = "wamp.close.system_shutdown";
    /// GOODBYE: the peer leaves the realm.
    CLOSE_REALM = "wamp.close.close_realm";
    /// GOODBYE: the answer to a GOODBYE.
    GOODBYE_AND_OUT = "wamp.close.goodbye_and_out";
    /// GOODBYE: the session is over and all is well (as other routers say it).
    CLOSE_NORMAL = "wamp.close.normal";
    /// GOODBYE, ABORT: the router ended the session.
    CLOSE_KILLED = "wamp.close.killed";
    /// ABORT: the session did not take what was sent to it (as this router says it).
    CLOSE_SLOW_CONSUMER = "wamp.close.slow_consumer";
    /// ABORT: a message that the protocol does not allow.
    PROTOCOL_VIOLATION = "wamp.error.protocol_violation";
    /// The peer may not do that.
    NOT_AUTHORIZED = "wamp.error.not_authorized";
    /// Whether the peer may do that could not be found out.
    AUTHORIZATION_FAILED = "wamp.error.authorization_failed";
    /// The realm does not exist.
    NO_SUCH_REALM = "wamp.error.no_such_realm";
    /// The role does not exist.
    NO_SUCH_ROLE = "wamp.error.no_such_role";
    /// The session does not exist.
    NO_SUCH_SESSION = "wamp.error.no_such_session";
    /// None of the authentication methods offered is accepted.
    NO_MATCHING_AUTH_METHOD = "wamp.error.no_matching_auth_method";
    /// The authid does not exist.
    NO_SUCH_PRINCIPAL = "wamp.error.no_such_principal";
    /// The proof is wrong.
    AUTHENTICATION_DENIED = "wamp.error.authentication_denied";
    /// Whether the proof is right could not be found out.
    AUTHENTICATION_FAILED = "wamp.error.authentication_failed";
    /// There is no way in without proof.
    AUTHENTICATION_REQUIRED = "wamp.error.authentication_required";
    /// The call took too long.
    TIMEOUT = "wamp.error.timeout";
    /// The router does not allow an option.
    OPTION_NOT_ALLOWED = "wamp.error.option_not_allowed";
    /// The router does not allow callers or publishers to be disclosed.
    DISCLOSE_ME_DISALLOWED = "wamp.error.option_disallowed.disclose_me";
    /// The network failed.
    NETWORK_FAILURE = "wamp.error.network_failure";
    /// The callee cannot take the call now.
    UNAVAILABLE = "wamp.error.unavailable";
    /// No callee can take the call now.
    NO_AVAILABLE_CALLEE = "wamp.error.no_available_callee";
    /// The callee cannot do what the call asks for.
    FEATURE_NOT_SUPPORTED = "wamp.error.feature_not_supported";
    /// The callee's code failed (as other implementations say it).
    RUNTIME_ERROR = "wamp.error.runtime_error";
}

/// Whether an error means that the call was canceled, in any of the spellings that are about.
#[must_use]
pub fn is_canceled(error: &str) -> bool {
    matches!(error, "wamp.error.canceled" | "wamp.error.cancelled")
}
