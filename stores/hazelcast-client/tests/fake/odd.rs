//! Messages that are whole but not what was to be expected, and errors that decide about another attempt.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hazelcast_client::{Client, Config, ErrorKind};

use crate::member::{
    Answer, Asked, BEGIN, END, EVENT, FINAL, MAP_GET, MAP_SET, NULL, WHOLE, connect, frame, head, start,
};

/// An error of a code, with a cause that does not matter.
fn error(asked: Asked, code: i32) -> Vec<u8> {
    let one = |code: i32, class: &[u8]| {
        let message = [frame(0, &code.to_le_bytes()), frame(0, class), frame(NULL, &[])].concat();
        let stack = [frame(BEGIN, &[]), frame(END, &[])].concat();
        [frame(BEGIN, &[]), message, stack, frame(END, &[])].concat()
    };
    let all = [one(code, b"com.example.SomeException"), one(0, b"java.lang.Exception")].concat();
    [head(0, asked.correlation, WHOLE, &[0]), frame(BEGIN, &[]), all, frame(END | FINAL, &[])].concat()
}

/// A member that answers some requests of a kind with an error and then as usual; and how many came.
async fn failing(kind: i32, code: i32, times: usize) -> (Client, Arc<AtomicUsize>) {
    let count = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&count);
    let address = start(move |asked| {
        if asked.kind == kind && counted.fetch_add(1, Ordering::Relaxed) < times {
            return Answer::Bytes(error(asked, code));
        }
        Answer::Usual
    })
    .await;
    (connect(&address).await.unwrap(), count)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_member_may_do_is_asked_again() {
    // Not active, migrating, retryable, wrong target.
    for code in [19, 39, 46, 62] {
        let (client, count) = failing(MAP_SET, code, 3).await;
        client.map::<i32, i32>("map").set(&1, &1).await.unwrap();
        assert_eq!(count.load(Ordering::Relaxed), 4, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_asked_again_only_where_that_does_no_harm() {
    // Member left, target disconnected, indeterminate.
    for code in [33, 52, 80] {
        let (client, count) = failing(MAP_SET, code, 3).await;
        let error = client.map::<i32, i32>("map").set(&1, &1).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Indeterminate, Some(code)));
        assert_eq!(count.load(Ordering::Relaxed), 1, "{code}");
        let (client, count) = failing(MAP_GET, code, 3).await;
        assert_eq!(client.map::<i32, i32>("map").get(&1).await.unwrap(), None);
        assert_eq!(count.load(Ordering::Relaxed), 4, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_at_once() {
    let (client, count) = failing(MAP_GET, 23, usize::MAX).await;
    let error = client.map::<i32, i32>("map").get(&1).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(23)));
    assert!(error.to_string().contains("MapGet: com.example.SomeException"), "{error}");
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_write_is_repeated_only_where_that_is_asked_for() {
    let count = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&count);
    let address = start(move |asked| match asked.kind {
        MAP_SET if counted.fetch_add(1, Ordering::Relaxed) == 0 => Answer::Close(vec![]),
        _ => Answer::Usual,
    })
    .await;
    let client = Client::connect(Config::new([address]).redo(true)).await.unwrap();
    client.map::<i32, i32>("map").set(&1, &1).await.unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_asked_for_is_passed_over() {
    let address = start(|asked| {
        if asked.kind != MAP_GET {
            return Answer::Usual;
        }
        let unasked = [
            head(0x01_0201, 999_999, WHOLE | FINAL, &[0]),
            head(0x01_1902, 999_999, WHOLE | EVENT | FINAL, &[0; 30]),
            head(0x01_1902, asked.correlation, WHOLE | EVENT | FINAL, &[0; 30]),
            head(0x0f02, 999_999, WHOLE | EVENT | 0x80 | FINAL, &[0; 12]),
            head(0x0f02, 1, WHOLE | EVENT | 0x80 | FINAL, &[]),
            head(asked.kind + 1, asked.correlation, WHOLE, &[0]),
            frame(NULL, &[]),
            frame(0, b"what a newer member adds"),
            frame(BEGIN, &[]),
            frame(END | FINAL, &[]),
        ];
        Answer::Bytes(unasked.concat())
    })
    .await;
    let client = connect(&address).await.unwrap();
    assert_eq!(client.map::<i32, i32>("map").get(&1).await.unwrap(), None);
    assert_eq!(client.map::<i32, i32>("map").get(&1).await.unwrap(), None);
}
