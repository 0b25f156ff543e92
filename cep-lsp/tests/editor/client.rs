//! The editor's side.

use std::path::Path;
use std::thread::JoinHandle;

use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

pub(crate) struct Editor {
    connection: Connection,
    server: Option<JoinHandle<Result<(), String>>>,
    last: i32,
    /// What was told while an answer was waited for.
    told: Vec<Notification>,
}

impl Editor {
    pub(crate) fn start() -> Self {
        Self::with(&json!({}))
    }

    pub(crate) fn with(capabilities: &Value) -> Self {
        let (ours, theirs) = Connection::memory();
        let serve = move || {
            let prose = |pattern: &cep_core::pattern::Pattern| format!("the prose of {}", pattern.name);
            cep_lsp::serve(&theirs, prose).map_err(|error| error.to_string())
        };
        let server = Some(std::thread::spawn(serve));
        let mut editor = Self { connection: ours, server, last: 0, told: Vec::new() };
        editor.ask("initialize", json!({ "capabilities": capabilities }));
        editor.tell("initialized", json!({}));
        editor
    }

    pub(crate) fn tell(&self, method: &str, params: Value) {
        let notification = Notification::new(method.to_owned(), params);
        self.connection.sender.send(notification.into()).unwrap();
    }

    pub(crate) fn response(&mut self, method: &str, params: Value) -> Response {
        self.last += 1;
        let id = RequestId::from(self.last);
        let request = Request::new(id.clone(), method.to_owned(), params);
        self.connection.sender.send(request.into()).unwrap();
        loop {
            match self.connection.receiver.recv().unwrap() {
                Message::Response(response) if response.id == id => return response,
                Message::Notification(notification) => self.told.push(notification),
                other => panic!("{other:?}"),
            }
        }
    }

    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let response = self.response(method, params);
        response.response_result.unwrap_or_else(|error| panic!("{method}: {error:?}"))
    }

    pub(crate) fn open(&self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "cep", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    pub(crate) fn change(&self, uri: &str, text: &str) {
        let params =
            json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": text }] });
        self.tell("textDocument/didChange", params);
    }

    /// Asks for something at a place of a file.
    pub(crate) fn at(&mut self, method: &str, uri: &str, (line, character): (u32, u32)) -> Value {
        let position = json!({ "line": line, "character": character });
        let context = json!({ "includeDeclaration": true, "triggerKind": 1 });
        self.ask(method, json!({ "textDocument": { "uri": uri }, "position": position, "context": context }))
    }

    /// What the server said last of a file, once it has answered all that was sent before.
    pub(crate) fn diagnostics(&mut self, uri: &str) -> Option<Value> {
        // Answers come in order, so everything that was told is here when this one is.
        self.response("nothing/atAll", Value::Null);
        let of =
            |it: &&Notification| it.method == "textDocument/publishDiagnostics" && it.params["uri"] == uri;
        self.told.iter().rev().find(of).map(|it| it.params["diagnostics"].clone())
    }

    /// Ends the conversation as it should end.
    pub(crate) fn end(mut self) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        assert_eq!(self.server.take().unwrap().join().unwrap(), Ok(()));
    }
}

/// The address of a file, of letters that stand for themselves.
pub(crate) fn address(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// A text with the edits of an answer made.
pub(crate) fn edited(text: &str, edits: &Value) -> String {
    let mut edits = edits.as_array().unwrap().clone();
    let start = |edit: &Value| {
        let at = &edit["range"]["start"];
        (at["line"].as_u64().unwrap(), at["character"].as_u64().unwrap())
    };
    edits.sort_by_key(|edit| std::cmp::Reverse(start(edit)));
    let offset = |at: &Value| {
        let (line, character) = (at["line"].as_u64().unwrap(), at["character"].as_u64().unwrap());
        let start: usize =
            text.split_inclusive('\n').take(usize::try_from(line).unwrap()).map(str::len).sum();
        let units = text[start..].char_indices().scan(0, |units, (at, it)| {
            let here = *units;
            *units += it.len_utf16() as u64;
            Some((here, at))
        });
        start
            + units
                .into_iter()
                .find(|(units, _)| *units >= character)
                .map_or(text.len() - start, |(_, at)| at)
    };
    let mut result = text.to_owned();
    for edit in edits {
        let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
        result.replace_range(range, edit["newText"].as_str().unwrap());
    }
    result
}
