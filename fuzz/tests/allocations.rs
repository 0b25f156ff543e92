//! Framing asks for no memory once a connection's buffers are there: neither for what is sent, nor for what comes.

use hazelcast_client::Serializer;
use hazelcast_client::fuzz::Framing;

#[test]
fn framing_asks_for_no_memory() {
    let serializer = Serializer::new();
    let keys: Vec<_> =
        (0..100).map(|i| serializer.to_data(&format!("key-{i}")).expect("text has a form")).collect();
    let mut framing = Framing::default();
    // Requests are framed as answers are, so they will do for these.
    let sent = framing.write(&keys).to_vec();
    assert_eq!(framing.read(&sent), keys.len());
    let counted = allocation_counter::measure(|| {
        for _ in 0..1_000 {
            assert_eq!(framing.write(&keys).len(), sent.len());
            assert_eq!(framing.read(&sent), keys.len());
        }
    });
    // Of 200,000 messages. What is shared by messages may be one allocation each time that a buffer is filled.
    assert!(counted.count_total <= 2_000, "{counted:?}");
}
