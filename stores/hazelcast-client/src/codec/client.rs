//! Messages of the client itself: who it is, what the cluster looks like, schemas, backups.

use uuid::Uuid;

use super::read::Items;
use super::structures::{Partitions, WireAddress, WireMember, WireSchema};
use super::table::{events, replies, requests};
use super::write::Opaque;

requests! {
    0x000100 Authenticate<'a> Safe
        { client: Uuid, serialization: u8, routing: u8, cp_direct: bool }
        { cluster: &'a str, user: Option<&'a str>, password: Option<&'a str>, client_type: &'a str, version: &'a str,
          name: &'a str, labels: &'a [&'a str] } -> Authenticated;
    0x000200 AuthenticateCustom<'a> Safe
        { client: Uuid, serialization: u8, routing: u8, cp_direct: bool }
        { cluster: &'a str, token: Opaque<'a>, client_type: &'a str, version: &'a str, name: &'a str,
          labels: &'a [&'a str] } -> Authenticated;
    0x000300 ListenToCluster Never {} {} -> ();
    0x000500 DestroyObject<'a> Never {} { name: &'a str, service: &'a str } -> ();
    0x000b00 Ping Safe {} {} -> ();
    0x000c00 TellStatistics<'a> Never { timestamp: i64 } { attributes: &'a str, metrics: Opaque<'a> } -> ();
    0x000f00 ListenToBackups Never {} {} -> Uuid;
    0x001000 AssignPartitions Safe {} {} -> ();
    0x001300 SendSchema<'a> Safe {} { schema: &'a WireSchema } -> Items<Uuid>;
    0x001400 FetchSchema Safe { id: i64 } {} -> Option<WireSchema>;
    0x001500 SendAllSchemas<'a> Safe {} { schemas: &'a [WireSchema] } -> ();
}

replies! {
    Authenticated
        { status: u8, member: Uuid, _serialization: u8, partition_count: i32, cluster: Uuid }
        { _address: Option<WireAddress>, server_version: String };
}

events! {
    0x000302 MembersView { version: i32 } { members: Vec<WireMember> };
    0x000303 PartitionsView { version: i32 } { partitions: Partitions };
    0x000f02 BackupDone { correlation: i64 } {};
}
