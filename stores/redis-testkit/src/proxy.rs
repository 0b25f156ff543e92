//! A TCP proxy before a server that cuts, delays, swallows and holds back what passes.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What happens on the connections that are made from now on.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    /// The connection ends after so many bytes to the server.
    pub cut_up: Option<usize>,
    /// The connection ends after so many bytes from the server.
    pub cut_down: Option<usize>,
    /// What comes from the server after so many bytes is swallowed; the connection stays.
    pub swallow_down: Option<usize>,
    /// How long each piece is delayed.
    pub delay: Option<Duration>,
    /// What goes to the server is taken, and held back at a gate; it goes on even if the client has gone.
    pub gate_up: Option<Arc<Gate>>,
}

/// Lets through so many bytes.
#[derive(Debug)]
pub struct Gate {
    passed: AtomicUsize,
    limit: AtomicUsize,
}

impl Gate {
    /// Lets all through.
    #[must_use]
    pub fn open() -> Arc<Self> {
        Arc::new(Self { passed: AtomicUsize::new(0), limit: AtomicUsize::new(usize::MAX) })
    }

    /// Lets through so many more, and holds back the rest.
    pub fn close_after(&self, bytes: usize) {
        self.limit.store(self.passed.load(Ordering::Acquire) + bytes, Ordering::Release);
    }

    /// Lets all through from now on.
    pub fn reopen(&self) {
        self.limit.store(usize::MAX, Ordering::Release);
    }

    /// How many of so many bytes pass now.
    fn pass(&self, bytes: usize) -> usize {
        let passed = self.passed.load(Ordering::Acquire);
        let passing = bytes.min(self.limit.load(Ordering::Acquire).saturating_sub(passed));
        self.passed.store(passed + passing, Ordering::Release);
        passing
    }
}

/// A proxy, ended when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    rule: Arc<Mutex<Rule>>,
    is_over: Arc<AtomicBool>,
}

impl Proxy {
    /// Before a server on this machine.
    ///
    /// # Panics
    /// Where it cannot listen.
    #[must_use]
    pub fn before(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (rule, is_over) = (Arc::new(Mutex::new(Rule::default())), Arc::new(AtomicBool::new(false)));
        let (rules, over) = (Arc::clone(&rule), Arc::clone(&is_over));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if over.load(Ordering::Acquire) {
                    return;
                }
                let rule = rules.lock().unwrap().clone();
                match TcpStream::connect(("127.0.0.1", server)) {
                    Ok(server) => pass(client, server, rule),
                    Err(_) => drop(client),
                }
            }
        });
        Self { port, rule, is_over }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// What happens on connections that are made from now on.
    ///
    /// # Panics
    /// Where a thread of the proxy has panicked.
    pub fn set(&self, rule: Rule) {
        *self.rule.lock().unwrap() = rule;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn pass(client: TcpStream, server: TcpStream, rule: Rule) {
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let up = Pump {
        from: client.try_clone().unwrap(),
        to: server.try_clone().unwrap(),
        cut: rule.cut_up,
        swallow: None,
        delay: rule.delay,
        gate: rule.gate_up,
    };
    let down = Pump {
        from: server,
        to: client,
        cut: rule.cut_down,
        swallow: rule.swallow_down,
        delay: rule.delay,
        gate: None,
    };
    thread::spawn(move || up.run());
    thread::spawn(move || down.run());
}

/// One direction of a connection.
struct Pump {
    from: TcpStream,
    to: TcpStream,
    cut: Option<usize>,
    swallow: Option<usize>,
    delay: Option<Duration>,
    gate: Option<Arc<Gate>>,
}

impl Pump {
    fn run(mut self) {
        self.from.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        let (mut held, mut passed, mut is_open) = (Vec::new(), 0, true);
        let mut piece = [0; 16 * 1024];
        while is_open || !held.is_empty() {
            if is_open {
                match self.from.read(&mut piece) {
                    Ok(0) => is_open = false,
                    Ok(length) => held.extend_from_slice(&piece[..length]),
                    Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {}
                    Err(_) => is_open = false,
                }
            }
            let passing = self.gate.as_ref().map_or(held.len(), |gate| gate.pass(held.len()));
            if passing == 0 && !is_open {
                thread::sleep(Duration::from_millis(1));
            }
            let behind = held.split_off(passing);
            if passing > 0 && !self.write(&held, &mut passed) {
                let _ = self.from.shutdown(Shutdown::Both);
                let _ = self.to.shutdown(Shutdown::Both);
                return;
            }
            held = behind;
        }
        let _ = self.to.shutdown(Shutdown::Write);
    }

    /// False where the connection is to end.
    fn write(&mut self, piece: &[u8], passed: &mut usize) -> bool {
        if let Some(delay) = self.delay {
            thread::sleep(delay);
        }
        let left = |limit: Option<usize>| limit.map_or(usize::MAX, |limit| limit.saturating_sub(*passed));
        let (until_cut, until_swallowed) = (left(self.cut), left(self.swallow));
        let length = piece.len().min(until_cut).min(until_swallowed);
        *passed += piece.len();
        self.to.write_all(&piece[..length]).is_ok() && piece.len() <= until_cut
    }
}
