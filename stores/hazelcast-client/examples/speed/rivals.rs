//! The same measurements by others: their programs stand in benches/rivals. The Go client comes from Go's module proxy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use hazelcast_kit::{Cluster, Python};

pub(super) const GO_CLIENT: &str = "github.com/hazelcast/hazelcast-go-client@v1.4.2";

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/rivals")
}

/// Builds the program of the Go client.
pub(super) fn build_go() -> PathBuf {
    let folder = hazelcast_kit::folder().join("go");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("go.mod"), "module rival\n\ngo 1.22\n").unwrap();
    run(Command::new("go").args(["get", GO_CLIENT]).current_dir(&folder));
    fs::copy(sources().join("speed.go"), folder.join("main.go")).unwrap();
    run(Command::new("go").args(["build", "-o", "rival", "."]).current_dir(&folder));
    folder.join("rival")
}

pub(super) fn go(program: &Path, cluster: &Cluster, length: Duration) -> String {
    let seconds = length.as_secs_f64().to_string();
    run(Command::new(program).args([&cluster.addresses()[0], cluster.name(), &seconds]))
}

pub(super) fn python(python: &Python, cluster: &Cluster) -> String {
    python.run(&sources().join("speed.py"), &[&cluster.addresses()[0], cluster.name()])
}

/// One call at a time, and 512 on their way on one connection.
pub(super) fn redis() -> String {
    let folder = hazelcast_kit::folder().join("redis");
    fs::create_dir_all(&folder).unwrap();
    let port = free_port().to_string();
    let mut server = Command::new("redis-server")
        .args([
            "--port",
            &port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--loglevel",
            "warning",
        ])
        .current_dir(&folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let benchmark = |args: &[&str]| {
        let mut benchmark = Command::new("redis-benchmark");
        run(benchmark.args(["-p", &port, "-d", "256", "-r", "10000", "-t", "set,get", "-q"]).args(args))
    };
    while !Command::new("redis-cli").args(["-p", &port, "ping"]).output().unwrap().stdout.starts_with(b"PONG")
    {
        std::thread::sleep(Duration::from_millis(20));
    }
    let single = benchmark(&["-c", "1", "-n", "20000"]);
    let many = benchmark(&["-c", "1", "-P", "512", "-n", "2000000"]);
    server.kill().unwrap();
    server.wait().unwrap();
    // `SET: 41000.50 requests per second, p50=0.023 msec`
    let word = |text: &str, call: &str, at: usize| -> f64 {
        let line = text.split(['\r', '\n']).rfind(|line| line.starts_with(call)).unwrap();
        let word = line.split(' ').nth(at).unwrap();
        word.trim_start_matches("p50=").parse().unwrap()
    };
    format!(
        "set_us {:.1}\nget_us {:.1}\nsets_a_second {:.0}\ngets_a_second {:.0}\n",
        word(&single, "SET: ", 5) * 1e3,
        word(&single, "GET: ", 5) * 1e3,
        word(&many, "SET: ", 1),
        word(&many, "GET: ", 1)
    )
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
