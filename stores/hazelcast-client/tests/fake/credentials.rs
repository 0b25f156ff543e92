//! What a client shows to be let in, byte by byte, and being turned away with it.

use std::sync::{Arc, Mutex};

use hazelcast_client::{Client, Credentials, ErrorKind};

use crate::member::{AUTHENTICATE, AUTHENTICATE_CUSTOM, Answer, config, let_in, start_reading};

type Seen = Arc<Mutex<Vec<(i32, Vec<Vec<u8>>)>>>;

/// A member that remembers what it is shown.
async fn member() -> (String, Seen) {
    let seen = Seen::default();
    let remembered = Arc::clone(&seen);
    let address = start_reading(move |asked, frames| {
        if [AUTHENTICATE, AUTHENTICATE_CUSTOM].contains(&asked.kind) {
            remembered.lock().unwrap().push((asked.kind, frames.to_vec()));
        }
        Answer::Usual
    })
    .await;
    (address, seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_and_a_password_are_shown() {
    let (address, seen) = member().await;
    let config =
        config(&address).credentials(Credentials::password("ann", "hush")).label("one").client_name("me");
    let client = Client::connect(config).await.unwrap();
    let (kind, frames) = seen.lock().unwrap().remove(0);
    assert_eq!(kind, AUTHENTICATE);
    // Type, correlation, partition, whether the id is null, the id, version of the serialization, all members, no CP.
    assert_eq!(frames[0].len(), 36);
    assert_eq!(frames[0][33..], [1, 1, 0]);
    let (high, low) = client.id().as_u64_pair();
    assert_eq!(frames[0][17..33], [high.to_le_bytes(), low.to_le_bytes()].concat());
    let texts: Vec<_> = frames[1..].iter().map(|frame| String::from_utf8_lossy(frame).into_owned()).collect();
    assert_eq!(texts, ["dev", "ann", "hush", "RST", env!("CARGO_PKG_VERSION"), "me", "", "one", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_as_its_bytes() {
    let (address, seen) = member().await;
    let config = config(&address).credentials(Credentials::token([1, 2, 0, 255])).client_name("me");
    let client = Client::connect(config).await.unwrap();
    client.map::<i32, i32>("map").set(&1, &1).await.unwrap();
    let (kind, frames) = seen.lock().unwrap().remove(0);
    assert_eq!(kind, AUTHENTICATE_CUSTOM);
    assert_eq!(frames[0].len(), 36);
    let texts: [&[u8]; 7] =
        [b"dev", &[1, 2, 0, 255], b"RST", env!("CARGO_PKG_VERSION").as_bytes(), b"me", b"", b""];
    assert_eq!(frames[1..], texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_turned_away_is_told_so_and_never_the_password() {
    for status in [1, 2, 3, 9] {
        let address = start_reading(move |asked, _| {
            let mut answer = let_in(asked, b"5.7.0");
            // Behind the frame's head, the type, the correlation and the backups.
            answer[6 + 13] = status;
            Answer::Bytes(answer)
        })
        .await;
        let config = config(&address).credentials(Credentials::password("ann", "hush"));
        let error = Client::connect(config).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Setup, "{status}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
        let expected = ["credentials", "serialization", "not allowed", "unknown status 9"];
        assert!(error.to_string().contains(expected[usize::from(status.min(4)) - 1]), "{error}");
    }
}
