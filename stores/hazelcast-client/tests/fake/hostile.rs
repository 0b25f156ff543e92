//! Bytes that are no messages.

use hazelcast_client::ErrorKind;

use crate::member::{
    Answer, Asked, FINAL, MAP_GET, MAP_SET, WHOLE, connect, frame, head, initial, let_in, start,
};

/// What is sent, and what the client says of it.
fn nonsense(asked: Asked) -> Vec<(Answer, &'static str)> {
    let length = |length: i32| [&length.to_le_bytes()[..], &[0, 0xe0], &[0; 20]].concat();
    let fragment = [frame(0x8000, &7_i64.to_le_bytes()), frame(FINAL, &[0; 1_000])].concat();
    let unknown = [frame(0x4000, &7_i64.to_le_bytes()), frame(FINAL, &[0; 10])].concat();
    vec![
        (Answer::Bytes(length(i32::MAX)), "a message of more than"),
        (Answer::Bytes(length(-1)), "a frame of -1 bytes"),
        (Answer::Bytes(length(5)), "a frame of 5 bytes"),
        (Answer::Bytes(frame(WHOLE | FINAL, &[0; 11])), "too short for a type"),
        (Answer::Endless(frame(0, &[0; 1_000])), "a message of more than"),
        (Answer::Endless(head(1, 1, WHOLE, &[])), "a message of more than"),
        (Answer::Endless(fragments(fragment)), "a message of more than"),
        (Answer::Bytes(unknown), "a fragment that has no number, or whose beginning"),
        (Answer::Close(let_in(asked, b"5.7.0")[..40].to_vec()), "the member has closed it"),
        (Answer::Close(vec![]), "the member has closed it"),
        (Answer::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()), "a message of more than"),
    ]
}

/// Many of different numbers.
fn fragments(one: Vec<u8>) -> Vec<u8> {
    (0..200_u8)
        .flat_map(|number| {
            let mut one = one.clone();
            one[6] = number;
            one
        })
        .collect()
}

const SOME: Asked = Asked { kind: 0x100, correlation: 1, connection: 0 };

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_speaks_nonsense_is_no_member() {
    for case in 0..nonsense(SOME).len() {
        let address = start(move |asked| nonsense(asked).swap_remove(case).0).await;
        let error = connect(&address).await.unwrap_err();
        let expected = nonsense(SOME).swap_remove(case).1;
        assert!(error.to_string().contains(expected), "{case}: {error}");
        assert!(error.to_string().contains(&address), "{case}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_later_costs_the_connection_and_no_more() {
    for case in 0..nonsense(SOME).len() {
        let address = start(move |asked| match asked.kind {
            MAP_SET if asked.connection == 0 => nonsense(asked).swap_remove(case).0,
            _ => Answer::Usual,
        })
        .await;
        let client = connect(&address).await.unwrap();
        let map = client.map::<i32, i32>("map");
        assert_eq!(map.get(&1).await.unwrap(), None);
        let error = map.set(&1, &1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Indeterminate, "{case}: {error}");
        assert!(error.to_string().contains(nonsense(SOME).swap_remove(case).1), "{case}: {error}");
        // The client has connected anew, where nothing is wrong.
        map.set(&1, &1).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_none_are_told() {
    let answers: [fn(Asked) -> Vec<u8>; 6] = [
        |asked| head(asked.kind + 3, asked.correlation, WHOLE | FINAL, &[0]),
        |asked| initial(asked, WHOLE | FINAL, &[]),
        |asked| [initial(asked, WHOLE, &[]), frame(FINAL, &[0; 7])].concat(),
        |asked| [initial(asked, WHOLE, &[]), frame(0x1000 | FINAL, &[])].concat(),
        |asked| head(0, asked.correlation, WHOLE | FINAL, &[0]),
        |asked| [head(0, asked.correlation, WHOLE, &[0]), frame(0x1000 | FINAL, &[])].concat(),
    ];
    for (case, answer) in answers.into_iter().enumerate() {
        let address = start(move |asked| match asked.kind {
            MAP_GET => Answer::Bytes(answer(asked)),
            _ => Answer::Usual,
        })
        .await;
        let client = connect(&address).await.unwrap();
        let result = client.map::<i32, i32>("map").get(&1).await;
        // A missing value is what an older member might send for null.
        if case == 1 {
            assert_eq!(result.unwrap(), None);
        } else {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::Protocol, "{case}");
        }
        client.map::<i32, i32>("map").set(&1, &1).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_none_turns_the_member_away() {
    let address = start(|asked| match asked.kind {
        0x100 => Answer::Bytes(let_in(asked, &[0xff, 0xfe])),
        _ => Answer::Usual,
    })
    .await;
    let error = connect(&address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.to_string().contains("UTF-8"), "{error}");
}
