//! The kit itself: members come, freeze, go on and go.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::net::TcpStream;

use hazelcast_kit::Options;

#[test]
fn members_join_and_go() {
    let mut cluster = Options::new("kit").members(1).room_for(2).start();
    assert_eq!(cluster.size(), 1);
    TcpStream::connect(&cluster.addresses()[0]).unwrap();
    cluster.add();
    assert!(cluster.log(1).contains("Members {size:2"), "{}", cluster.log(1));
    cluster.freeze(1);
    cluster.thaw(1);
    let gone = cluster.addresses()[0].clone();
    cluster.kill(0);
    assert!(TcpStream::connect(&gone).is_err());
    cluster.leave(0);
    assert_eq!(cluster.size(), 0);
}
