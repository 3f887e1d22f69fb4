//! What a URI that there is not may have been meant to be.

use std::time::Duration;

use tokio::time::timeout;
use wampkit::Session;
use wampkit::proto::Value;

use super::catalogue::each;
use super::meta::{Kind, Meta};

/// What is on the router of these kinds and has the URI nearest to this one, if any is near. Asks the router's meta API, and makes do with
/// what it has told within [`TIME`].
pub(crate) async fn suggestion(session: &Session, kinds: &[Kind], uri: &str) -> Option<String> {
    let meta = Meta::new(session, None);
    let mut known = Vec::new();
    let collect = async {
        for &kind in kinds {
            each(&meta, kind, |_, details| {
                let uri = details.get("uri").and_then(Value::as_str);
                known.extend(uri.map(str::to_owned));
            })
            .await;
        }
    };
    // Whether all have answered makes no difference.
    let _ = timeout(TIME, collect).await;
    nearest(uri, known)
}

/// The nearest of the URIs, if it is so near that it may be a slip of the finger.
pub(crate) fn nearest(procedure: &str, known: Vec<String>) -> Option<String> {
    let slips = 1 + procedure.chars().count() / CHARACTERS_PER_SLIP;
    known
        .into_iter()
        .map(|uri| (strsim::osa_distance(procedure, &uri), uri))
        .filter(|(distance, _)| *distance > 0 && *distance <= slips)
        .min()
        .map(|(_, uri)| uri)
}

/// How long the router is asked: whoever mistyped is waiting for the error.
const TIME: Duration = Duration::from_millis(300);

/// For so many characters one more slip is forgiven.
const CHARACTERS_PER_SLIP: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_and_other_procedures_not_meant() {
        let known = [
            "com.shop.charge",
            "com.shop.change",
            "com.shop.order",
            "com.a",
        ];
        let suggested = |typed| nearest(typed, known.map(str::to_owned).to_vec());
        assert_eq!(
            suggested("com.shop.chrage").as_deref(),
            Some("com.shop.charge")
        );
        assert_eq!(
            suggested("com.shop.chang").as_deref(),
            Some("com.shop.change")
        );
        assert_eq!(suggested("com.shp.oder").as_deref(), Some("com.shop.order"));
        assert_eq!(suggested("com.b").as_deref(), Some("com.a"));
        assert_eq!(suggested("com.shop.refund"), None);
        assert_eq!(suggested("com.shop.charge.all"), None);
    }
}
