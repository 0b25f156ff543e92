//! A scripted member: it lets clients in, and answers what the test says.

use std::sync::Arc;
use std::time::Duration;

use hazelcast_client::{Backoff, Client, Config, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const AUTHENTICATE: i32 = 0x100;
pub(crate) const AUTHENTICATE_CUSTOM: i32 = 0x200;
pub(crate) const LISTEN_TO_CLUSTER: i32 = 0x300;
pub(crate) const LISTEN_TO_BACKUPS: i32 = 0xf00;
pub(crate) const MAP_GET: i32 = 0x01_0200;
pub(crate) const MAP_SET: i32 = 0x01_0f00;

pub(crate) const WHOLE: u16 = 0xc000;
pub(crate) const FINAL: u16 = 0x2000;
pub(crate) const EVENT: u16 = 0x0200;
pub(crate) const NULL: u16 = 0x0400;
pub(crate) const BEGIN: u16 = 0x1000;
pub(crate) const END: u16 = 0x0800;

/// A request, as far as a script needs it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) kind: i32,
    pub(crate) correlation: i64,
    /// Which connection it came over, and how many requests of its kind came before, over all connections.
    pub(crate) connection: usize,
}

/// What a script does with a request.
pub(crate) enum Answer {
    /// As a member would.
    Usual,
    /// These bytes.
    Bytes(Vec<u8>),
    /// These bytes, again and again.
    Endless(Vec<u8>),
    /// These bytes, and the connection is closed.
    Close(Vec<u8>),
}

pub(crate) fn frame(flags: u16, payload: &[u8]) -> Vec<u8> {
    let length = i32::try_from(payload.len() + 6).unwrap();
    [&length.to_le_bytes()[..], &flags.to_le_bytes(), payload].concat()
}

/// The first frame of an answer.
pub(crate) fn initial(asked: Asked, flags: u16, fields: &[u8]) -> Vec<u8> {
    head(asked.kind + 1, asked.correlation, flags, &[&[0], fields].concat())
}

pub(crate) fn head(kind: i32, correlation: i64, flags: u16, rest: &[u8]) -> Vec<u8> {
    frame(flags, &[&kind.to_le_bytes()[..], &correlation.to_le_bytes(), rest].concat())
}

fn uuid(number: u64) -> Vec<u8> {
    [&[0], &number.to_le_bytes()[..], &number.to_le_bytes()].concat()
}

/// That the client is let in, with the version told in these bytes.
pub(crate) fn let_in(asked: Asked, version: &[u8]) -> Vec<u8> {
    let_in_by(1, asked, version)
}

/// The same by the member of this number.
pub(crate) fn let_in_by(number: u64, asked: Asked, version: &[u8]) -> Vec<u8> {
    let fields = [&[0][..], &uuid(number), &[1], &271_i32.to_le_bytes(), &uuid(2), &[0], &[0; 8]].concat();
    [initial(asked, WHOLE, &fields), frame(NULL, &[]), frame(FINAL, version)].concat()
}

/// A list of members that has this one alone.
fn members(asked: Asked, port: u16) -> Vec<u8> {
    list(asked, &[Listed { number: 1, address: ("127.0.0.1", port), public: None }])
}

/// A member in a list.
pub(crate) struct Listed<'l> {
    pub(crate) number: u64,
    pub(crate) address: (&'l str, u16),
    pub(crate) public: Option<(&'l str, u16)>,
}

impl Listed<'_> {
    fn bytes(&self) -> Vec<u8> {
        let address = |(host, port): (&str, u16)| {
            let (port, host) = (frame(0, &i32::from(port).to_le_bytes()), frame(0, host.as_bytes()));
            [frame(BEGIN, &[]), port, host, frame(END, &[])].concat()
        };
        let version = [frame(BEGIN, &[]), frame(0, &[5, 7, 0]), frame(END, &[])].concat();
        let endpoint =
            [frame(BEGIN, &[]), frame(0, &1_i32.to_le_bytes()), frame(0, b"public"), frame(END, &[])];
        let public = self.public.map(|public| [endpoint.concat(), address(public)].concat());
        let one = [
            frame(BEGIN, &[]),
            frame(0, &[uuid(self.number), vec![0]].concat()),
            address(self.address),
            [frame(BEGIN, &[]), frame(END, &[])].concat(),
            version,
            frame(BEGIN, &[]),
            public.unwrap_or_default(),
            frame(END, &[]),
            frame(END, &[]),
        ];
        one.concat()
    }
}

/// The event that tells of all members.
pub(crate) fn list(asked: Asked, all: &[Listed<'_>]) -> Vec<u8> {
    let fields = [&[0xff; 4][..], &1_i32.to_le_bytes()].concat();
    let first = head(0x302, asked.correlation, WHOLE | EVENT, &fields);
    let all: Vec<_> = all.iter().flat_map(Listed::bytes).collect();
    [first, frame(BEGIN, &[]), all, frame(END | FINAL, &[])].concat()
}

fn usual(asked: Asked, port: u16) -> Vec<u8> {
    match asked.kind {
        LISTEN_TO_CLUSTER => [initial(asked, WHOLE | FINAL, &[]), members(asked, port)].concat(),
        AUTHENTICATE | AUTHENTICATE_CUSTOM => let_in(asked, b"5.7.0"),
        LISTEN_TO_BACKUPS => initial(asked, WHOLE | FINAL, &uuid(3)),
        MAP_GET => [initial(asked, WHOLE, &[]), frame(NULL | FINAL, &[])].concat(),
        _ => initial(asked, WHOLE | FINAL, &[]),
    }
}

/// Starts a member; it ends with the runtime. Gives its address.
pub(crate) async fn start(script: impl Fn(Asked) -> Answer + Send + Sync + 'static) -> String {
    start_reading(move |asked, _| script(asked)).await
}

/// The same with a script that looks into the frames of requests.
pub(crate) async fn start_reading(
    script: impl Fn(Asked, &[Vec<u8>]) -> Answer + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let script = Arc::new(script);
    tokio::spawn(async move {
        for connection in 0.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            let script = Arc::clone(&script);
            // A client that hangs up is none of its business.
            tokio::spawn(async move { drop(serve(stream, connection, &*script).await) });
        }
    });
    address
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    script: &(dyn Fn(Asked, &[Vec<u8>]) -> Answer + Send + Sync),
) -> std::io::Result<()> {
    let port = stream.local_addr()?.port();
    let mut greeting = [0; 3];
    stream.read_exact(&mut greeting).await?;
    assert_eq!(&greeting, b"CP2");
    loop {
        let frames = read(&mut stream).await?;
        let kind = i32::from_le_bytes(frames[0][..4].try_into().unwrap());
        let correlation = i64::from_le_bytes(frames[0][4..12].try_into().unwrap());
        let asked = Asked { kind, correlation, connection };
        match script(asked, &frames) {
            Answer::Usual => stream.write_all(&usual(asked, port)).await?,
            Answer::Bytes(bytes) => stream.write_all(&bytes).await?,
            Answer::Endless(bytes) => loop {
                stream.write_all(&bytes).await?;
            },
            Answer::Close(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
        }
    }
}

/// Reads a request to its last frame: the payloads of all.
async fn read(stream: &mut TcpStream) -> std::io::Result<Vec<Vec<u8>>> {
    let mut frames = Vec::new();
    loop {
        let (length, flags) = (stream.read_i32_le().await?, stream.read_u16_le().await?);
        let mut payload = vec![0; usize::try_from(length - 6).unwrap()];
        stream.read_exact(&mut payload).await?;
        frames.push(payload);
        if flags & FINAL != 0 {
            return Ok(frames);
        }
    }
}

/// A client that does not try for long.
pub(crate) async fn connect(address: &str) -> Result<Client, Error> {
    Client::connect(config(address)).await
}

pub(crate) fn config(address: &str) -> Config {
    let backoff = Backoff { initial: Duration::from_millis(10), ..Backoff::default() };
    Config::new([address])
        .backoff(backoff)
        .connect_timeout(Duration::from_secs(5))
        .cluster_connect_timeout(Duration::from_millis(5))
        .most_message_bytes(1 << 20)
}
