//! The modules of a crate, and what the names in them mean.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, ExprLit, Item, ItemMod, ItemUse, Lit, Meta, UseTree, Visibility};

/// A place among modules.
pub(super) type ModuleId = usize;

/// A module.
pub(super) struct Module {
    pub(super) items: Vec<Item>,
    pub(super) children: HashMap<String, ModuleId>,
    parent: ModuleId,
    /// What `use` brings in, by the name that it has here.
    imports: HashMap<String, Vec<String>>,
}

/// A crate.
pub(super) struct Tree {
    pub(super) modules: Vec<Module>,
}

/// What a path leads to.
pub(super) enum Target {
    Module(ModuleId),
    /// An item of that name in a module.
    Item(ModuleId, String),
}

/// A name that a `pub use` gives to a path.
pub(super) struct Import {
    pub(super) name: String,
    pub(super) path: Vec<String>,
}

impl Tree {
    pub(super) const ROOT: ModuleId = 0;

    pub(super) fn read(lib: &Path) -> Result<Self, String> {
        let mut tree = Self { modules: Vec::new() };
        let folder = lib.parent().unwrap_or(lib).to_owned();
        tree.file(lib, &folder, Self::ROOT)?;
        Ok(tree)
    }

    fn file(&mut self, file: &Path, folder: &Path, parent: ModuleId) -> Result<ModuleId, String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let parsed = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        self.module(parsed.items, folder, parent)
    }

    /// `folder` has the files of the modules inside this one.
    fn module(&mut self, items: Vec<Item>, folder: &Path, parent: ModuleId) -> Result<ModuleId, String> {
        let id = self.modules.len();
        let imports = items.iter().filter_map(|item| if let Item::Use(it) = item { Some(it) } else { None });
        let imports = imports.flat_map(imports_of).map(|import| (import.name, import.path)).collect();
        let inner: Vec<ItemMod> = items
            .iter()
            .filter_map(|item| if let Item::Mod(it) = item { Some(it.clone()) } else { None })
            .collect();
        self.modules.push(Module { items, children: HashMap::new(), parent, imports });
        for child in inner.into_iter().filter(|child| !is_for_tests(&child.attrs)) {
            let name = child.ident.to_string();
            let own = folder.join(&name);
            let child_id = match child.content {
                Some((_, items)) => self.module(items, &own, id)?,
                None => {
                    let (file, inside) = file_of(&child.attrs, folder, &name);
                    self.file(&file, &inside, id)?
                }
            };
            self.modules[id].children.insert(name, child_id);
        }
        Ok(id)
    }

    /// What a path means in a module; none where it leads out of the crate.
    pub(super) fn resolve(&self, from: ModuleId, path: &[String]) -> Option<Target> {
        self.follow(from, path, 16)
    }

    fn follow(&self, from: ModuleId, path: &[String], depth: usize) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        let depth = depth.checked_sub(1)?;
        let module = &self.modules[from];
        let step = match first.as_str() {
            "crate" => Some(Self::ROOT),
            "self" => Some(from),
            "super" => Some(module.parent),
            name => module.children.get(name).copied(),
        };
        if let Some(next) = step {
            return if rest.is_empty() { Some(Target::Module(next)) } else { self.follow(next, rest, depth) };
        }
        if rest.is_empty() && self.defines(from, first) {
            return Some(Target::Item(from, first.clone()));
        }
        let import = module.imports.get(first)?;
        let whole: Vec<_> = import.iter().chain(rest).cloned().collect();
        // An import of its own name from outside leads nowhere.
        (whole != path).then(|| self.follow(from, &whole, depth)).flatten()
    }

    fn defines(&self, module: ModuleId, name: &str) -> bool {
        self.modules[module].items.iter().any(|item| name_of(item).is_some_and(|(known, _)| known == name))
    }
}

/// The file of a module, and the folder with those inside it.
fn file_of(attrs: &[Attribute], folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let own = folder.join(name);
    if let Some(path) = path_attribute(attrs) {
        return (folder.join(path), own);
    }
    let beside = folder.join(format!("{name}.rs"));
    (if beside.exists() { beside } else { own.join("mod.rs") }, own)
}

/// `#[path = "…"]`, also where a feature selects it: the first, which is the file that the feature brings.
fn path_attribute(attrs: &[Attribute]) -> Option<String> {
    attrs.iter().find_map(|attr| match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            let tokens = list.tokens.to_string();
            let (_, path) = tokens.split_once("path = \"")?;
            path.split('"').next().map(str::to_owned)
        }
        _ => None,
    })
}

/// Whether an item is there for tests alone, or for nobody to see.
pub(super) fn is_for_tests(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| match &attr.meta {
        Meta::List(list) => {
            let tokens = list.tokens.to_string();
            (list.path.is_ident("cfg") && tokens == "test")
                || (list.path.is_ident("doc") && tokens == "hidden")
        }
        _ => false,
    })
}

/// Name and visibility of an item that has them.
pub(super) fn name_of(item: &Item) -> Option<(String, &Visibility)> {
    Some(match item {
        Item::Const(it) => (it.ident.to_string(), &it.vis),
        Item::Enum(it) => (it.ident.to_string(), &it.vis),
        Item::Fn(it) => (it.sig.ident.to_string(), &it.vis),
        Item::Static(it) => (it.ident.to_string(), &it.vis),
        Item::Struct(it) => (it.ident.to_string(), &it.vis),
        Item::Trait(it) => (it.ident.to_string(), &it.vis),
        Item::Type(it) => (it.ident.to_string(), &it.vis),
        Item::Union(it) => (it.ident.to_string(), &it.vis),
        _ => return None,
    })
}

/// What a `use` brings in; all of a module as `*`.
pub(super) fn imports_of(item: &ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    gather(&item.tree, &mut Vec::new(), &mut found);
    found
}

fn gather(tree: &UseTree, before: &mut Vec<String>, found: &mut Vec<Import>) {
    let mut add = |name: String, last: Option<String>| {
        let path: Vec<_> = before.iter().cloned().chain(last).collect();
        found.push(Import { name, path });
    };
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            gather(&path.tree, before, found);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => add(before.last().cloned().unwrap_or_default(), None),
        UseTree::Name(name) => add(name.ident.to_string(), Some(name.ident.to_string())),
        UseTree::Rename(rename) => {
            let last = rename.ident.to_string();
            add(rename.rename.to_string(), (last != "self").then_some(last));
        }
        UseTree::Glob(_) => add("*".to_owned(), None),
        UseTree::Group(group) => group.items.iter().for_each(|tree| gather(tree, before, found)),
    }
}
