//! The conversation: requests are answered one by one, and what there is to say is told after every change.

use std::path::PathBuf;

use cep_core::pattern::Pattern;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument,
    Notification as _, PublishDiagnostics,
};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentHighlightRequest, DocumentSymbolRequest, Formatting,
    GotoDefinition, HoverRequest, PrepareRenameRequest, References, Rename, Request as _,
};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CompletionOptions, DocumentHighlight, Hover, HoverContents,
    InitializeParams, MarkupContent, MarkupKind, OneOf, PublishDiagnosticsParams, Range, RenameOptions,
    ServerCapabilities, ServerInfo, TextDocumentPositionParams, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextEdit, Uri,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostics::Told;
use crate::documents::{Analysis, Documents};
use crate::navigation::{self, Refused};
use crate::position::{self, Encoding};
use crate::{actions, completion, diagnostics, hover};

/// Tells a pattern in prose, for whoever points at its name.
pub type Prose = fn(&Pattern) -> String;

/// The conversation ended otherwise than it should.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Serves standard input and output until the editor says that it is done.
///
/// # Errors
/// Where the editor does not keep to the protocol, or goes away.
pub fn serve_stdio(prose: Prose) -> Result<(), Error> {
    let (connection, threads) = Connection::stdio();
    serve(&connection, prose)?;
    // The threads end when nobody sends any more.
    drop(connection);
    threads.join()?;
    Ok(())
}

/// Serves an editor until it says that it is done.
///
/// # Errors
/// Where the editor does not keep to the protocol, or goes away.
pub fn serve(connection: &Connection, prose: Prose) -> Result<(), Error> {
    let (id, params) = connection.initialize_start()?;
    let params: InitializeParams = serde_json::from_value(params)?;
    let general = params.capabilities.general;
    let encoding = Encoding::of(general.and_then(|general| general.position_encodings).as_deref());
    let info = ServerInfo { name: "cep".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
    let result = serde_json::json!({ "capabilities": capabilities(encoding), "serverInfo": info });
    connection.initialize_finish(id, result)?;
    let documents = Documents::default();
    Server { connection, prose, encoding, documents, told: Told::new() }.run()
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::FULL)),
        hover_provider: Some(true.into()),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(vec![".".to_owned(), ":".to_owned()]),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(
            CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::SOURCE_FIX_ALL]),
                ..CodeActionOptions::default()
            }
            .into(),
        ),
        document_formatting_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: lsp_types::WorkDoneProgressOptions::default(),
        })),
        ..ServerCapabilities::default()
    }
}

/// Why a request is not answered as asked.
enum Trouble {
    /// What was sent with it is not what belongs to it.
    Params(String),
    /// There is nothing to read.
    Unreadable(String),
    Refused(String),
    Unknown,
}

impl From<serde_json::Error> for Trouble {
    fn from(error: serde_json::Error) -> Self {
        Self::Params(error.to_string())
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.0)
    }
}

impl Trouble {
    fn response(self, id: RequestId) -> Response {
        let (code, message) = match self {
            Self::Params(message) => (ErrorCode::InvalidParams, message),
            Self::Unreadable(message) | Self::Refused(message) => (ErrorCode::RequestFailed, message),
            Self::Unknown => (ErrorCode::MethodNotFound, "this is not offered".to_owned()),
        };
        Response::new_err(id, code as i32, message)
    }
}

type Answer = Result<Value, Trouble>;

struct Server<'c> {
    connection: &'c Connection,
    prose: Prose,
    encoding: Encoding,
    documents: Documents,
    /// What the editor shows.
    told: Told,
}

impl Server<'_> {
    fn run(mut self) -> Result<(), Error> {
        for message in &self.connection.receiver {
            match message {
                Message::Request(request) => {
                    if self.connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    let id = request.id.clone();
                    let response = match self.answer(request) {
                        Ok(value) => Response::new_ok(id, value),
                        Err(trouble) => trouble.response(id),
                    };
                    self.connection.sender.send(response.into())?;
                }
                Message::Notification(notification) => self.notice(notification)?,
                // Nothing is asked of the editor.
                Message::Response(_) => {}
            }
        }
        Err("the editor went away without a word".into())
    }

    fn notice(&mut self, notification: Notification) -> Result<(), Error> {
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let it: lsp_types::DidOpenTextDocumentParams = serde_json::from_value(notification.params)?;
                self.documents.set(it.text_document.uri, it.text_document.text);
            }
            DidChangeTextDocument::METHOD => {
                let it: lsp_types::DidChangeTextDocumentParams = serde_json::from_value(notification.params)?;
                // Whole texts come; the last one counts.
                if let Some(change) = it.content_changes.into_iter().next_back() {
                    self.documents.set(it.text_document.uri, change.text);
                }
            }
            DidCloseTextDocument::METHOD => {
                let it: lsp_types::DidCloseTextDocumentParams = serde_json::from_value(notification.params)?;
                self.documents.close(&it.text_document.uri);
            }
            DidChangeWatchedFiles::METHOD => {}
            _ => return Ok(()),
        }
        self.tell()
    }

    /// Tells what has changed of what there is to say.
    fn tell(&mut self) -> Result<(), Error> {
        let now = diagnostics::all(&self.documents, self.encoding);
        let gone = self.told.iter().filter(|(key, (_, old))| !now.contains_key(*key) && !old.is_empty());
        let gone = gone.map(|(_, (uri, _))| (uri.clone(), Vec::new()));
        let news = now.iter().filter(|(key, (_, new))| {
            self.told.get(*key).map_or(&[][..], |(_, old)| old.as_slice()) != new.as_slice()
        });
        let news = news.map(|(_, (uri, new))| (uri.clone(), new.clone()));
        for (uri, diagnostics) in gone.chain(news).collect::<Vec<_>>() {
            let params = PublishDiagnosticsParams { uri, diagnostics, version: None };
            let notification = Notification::new(PublishDiagnostics::METHOD.to_owned(), params);
            self.connection.sender.send(notification.into())?;
        }
        self.told = now;
        Ok(())
    }

    fn answer(&self, request: Request) -> Answer {
        let params = request.params;
        match request.method.as_str() {
            HoverRequest::METHOD => self.hover(read(params)?),
            Completion::METHOD => self.completion(read(params)?),
            GotoDefinition::METHOD => self.definition(read(params)?),
            References::METHOD => self.references(read(params)?),
            DocumentHighlightRequest::METHOD => self.highlights(read(params)?),
            DocumentSymbolRequest::METHOD => {
                let it: lsp_types::DocumentSymbolParams = read(params)?;
                let (_, analysis) = self.analysis(&it.text_document.uri)?;
                write(navigation::outline(&analysis, self.encoding))
            }
            CodeActionRequest::METHOD => {
                let it: lsp_types::CodeActionParams = read(params)?;
                let (_, analysis) = self.analysis(&it.text_document.uri)?;
                write(actions::of(&self.documents, &analysis, it.range, self.encoding))
            }
            Formatting::METHOD => self.formatting(read(params)?),
            PrepareRenameRequest::METHOD => self.prepare_rename(&read(params)?),
            Rename::METHOD => {
                let it: lsp_types::RenameParams = read(params)?;
                let (path, _, offset) = self.place(&it.text_document_position)?;
                write(navigation::rename(&self.documents, &path, offset, &it.new_name, self.encoding)?)
            }
            _ => Err(Trouble::Unknown),
        }
    }

    fn analysis(&self, uri: &Uri) -> Result<(PathBuf, Analysis), Trouble> {
        let path = position::path(uri);
        match self.documents.analyse(&path) {
            Ok(analysis) => Ok((path, analysis)),
            Err(error) => Err(Trouble::Unreadable(format!("{}: {error}", path.display()))),
        }
    }

    fn place(&self, at: &TextDocumentPositionParams) -> Result<(PathBuf, Analysis, usize), Trouble> {
        let (path, analysis) = self.analysis(&at.text_document.uri)?;
        let offset = self.encoding.offset(analysis.file().text(), at.position);
        Ok((path, analysis, offset))
    }

    fn hover(&self, params: lsp_types::HoverParams) -> Answer {
        let (_, analysis, offset) = self.place(&params.text_document_position_params)?;
        let hover = hover::hover(&analysis, offset, self.prose).map(|(bytes, value)| {
            let text = analysis.file().text();
            let range = Range {
                start: self.encoding.position(text, bytes.start),
                end: self.encoding.position(text, bytes.end),
            };
            let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
            Hover { contents, range: Some(range) }
        });
        write(hover)
    }

    fn completion(&self, params: lsp_types::CompletionParams) -> Answer {
        let (_, analysis, offset) = self.place(&params.text_document_position)?;
        write(completion::at(&analysis, offset))
    }

    fn definition(&self, params: lsp_types::GotoDefinitionParams) -> Answer {
        let (_, analysis, offset) = self.place(&params.text_document_position_params)?;
        let symbol = navigation::at(&analysis, offset);
        let location = symbol.and_then(|(_, symbol)| {
            navigation::location(&self.documents, &analysis, symbol.span, self.encoding)
        });
        write(location)
    }

    fn references(&self, params: lsp_types::ReferenceParams) -> Answer {
        let (path, _, offset) = self.place(&params.text_document_position)?;
        let uses = navigation::uses(&self.documents, &path, offset, self.encoding);
        let with_definition = params.context.include_declaration;
        let wanted = uses.into_iter().filter(|(_, is_definition)| with_definition || !is_definition);
        write(wanted.map(|(location, _)| location).collect::<Vec<_>>())
    }

    fn highlights(&self, params: lsp_types::DocumentHighlightParams) -> Answer {
        let (path, analysis, offset) = self.place(&params.text_document_position_params)?;
        let id = analysis.id_of(&path);
        let symbol = navigation::at(&analysis, offset).map(|(_, symbol)| symbol.id);
        let uses = symbol.into_iter().flat_map(|symbol| analysis.symbols.uses(symbol));
        let here = uses.filter(|span| Some(span.source) == id);
        let range = |span| self.encoding.range(analysis.file(), span);
        write(here.map(|span| DocumentHighlight { range: range(span), kind: None }).collect::<Vec<_>>())
    }

    fn prepare_rename(&self, params: &TextDocumentPositionParams) -> Answer {
        let (_, analysis, offset) = self.place(params)?;
        let span = navigation::at(&analysis, offset).map(|(span, _)| span);
        write(span.map(|span| self.encoding.range(analysis.file(), span)))
    }

    /// The canonical form; a file with mistakes in its grammar stays as it is.
    fn formatting(&self, params: lsp_types::DocumentFormattingParams) -> Answer {
        let (_, analysis) = self.analysis(&params.text_document.uri)?;
        let text = analysis.file().text();
        let edits = match cep_dsl::format(analysis.file().name(), text) {
            Ok(new_text) if new_text != *text => {
                let end = self.encoding.position(text, text.len());
                vec![TextEdit { range: Range { start: lsp_types::Position::default(), end }, new_text }]
            }
            Ok(_) | Err(_) => Vec::new(),
        };
        write(edits)
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Trouble> {
    Ok(serde_json::from_value(params)?)
}

fn write(answer: impl Serialize) -> Answer {
    Ok(serde_json::to_value(answer)?)
}
