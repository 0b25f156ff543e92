//! The same measurements by others: their programs stand in benches/rivals. The Go client comes from Go's module proxy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hazelcast_kit::{Cluster, Python};

const GO_CLIENT: &str = "github.com/hazelcast/hazelcast-go-client@v1.4.2";

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/rivals")
}

pub(super) fn go(cluster: &Cluster, length: Duration) {
    let folder = hazelcast_kit::folder().join("go");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("go.mod"), "module rival\n\ngo 1.22\n").unwrap();
    run(Command::new("go").args(["get", GO_CLIENT]).current_dir(&folder));
    fs::copy(sources().join("speed.go"), folder.join("main.go")).unwrap();
    run(Command::new("go").args(["build", "-o", "rival", "."]).current_dir(&folder));
    println!("## {GO_CLIENT}");
    let mut rival = Command::new(folder.join("rival"));
    print!(
        "{}",
        run(rival.args([&cluster.addresses()[0], cluster.name(), &length.as_secs_f64().to_string()]))
    );
}

pub(super) fn python(cluster: &Cluster) {
    println!("## hazelcast-python-client");
    print!("{}", Python::new().run(&sources().join("speed.py"), &[&cluster.addresses()[0], cluster.name()]));
}

/// With a connection for each of the calls at once, and with all of them on one.
pub(super) fn redis() {
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
    println!("## redis-benchmark, one call at a time");
    print!("{}", benchmark(&["-c", "1", "-n", "20000"]));
    println!("## redis-benchmark, 512 on their way on one connection");
    print!("{}", benchmark(&["-c", "1", "-P", "512", "-n", "2000000"]));
    server.kill().unwrap();
    server.wait().unwrap();
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
