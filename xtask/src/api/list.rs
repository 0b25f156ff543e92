//! The list of a crate: every path by which a user reaches an item, with the item, what it can do, and what it is.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use syn::{Item, ItemImpl, Type, Visibility};

use super::show;
use super::tree::{Import, ModuleId, Target, Tree, imports_of, is_for_tests, name_of};

/// An item: the module that it stands in, and its name there.
type ItemId = (ModuleId, String);

/// What a type can do and is.
#[derive(Default)]
struct Abilities {
    /// Methods and constants, by name.
    methods: Vec<(String, Vec<String>)>,
    traits: Vec<String>,
}

struct Listing<'a> {
    tree: &'a Tree,
    abilities: HashMap<ItemId, Abilities>,
    /// By path: what is there.
    found: BTreeMap<String, Vec<String>>,
    /// Modules on the way, so that none is walked in itself.
    walking: HashSet<ModuleId>,
}

/// The list of a crate, from its `lib.rs`.
pub(super) fn of_crate(name: &str, lib: &Path) -> Result<String, String> {
    let tree = Tree::read(lib)?;
    let mut listing =
        Listing { abilities: abilities(&tree), tree: &tree, found: BTreeMap::new(), walking: HashSet::new() };
    listing.module(Tree::ROOT, &name.replace('-', "_"));
    listing.macros();
    let blocks = listing.found.into_iter().map(|(path, lines)| {
        let lines = lines.into_iter().map(|line| format!("    {line}\n"));
        format!("{path}\n{}", lines.collect::<String>())
    });
    Ok(blocks.collect())
}

/// What types can do, wherever in the crate that is written.
fn abilities(tree: &Tree) -> HashMap<ItemId, Abilities> {
    let mut all: HashMap<ItemId, Abilities> = HashMap::new();
    for (id, module) in tree.modules.iter().enumerate() {
        for item in &module.items {
            let Item::Impl(it) = item else { continue };
            if let Some(Target::Item(home, name)) = self_type(it).and_then(|path| tree.resolve(id, &path)) {
                of_impl(it, all.entry((home, name)).or_default());
            }
        }
    }
    all
}

/// The path of the type that is implemented for.
fn self_type(item: &ItemImpl) -> Option<Vec<String>> {
    let mut ty = &*item.self_ty;
    while let Type::Reference(inner) = ty {
        ty = &inner.elem;
    }
    match ty {
        Type::Path(path) if !is_for_tests(&item.attrs) => {
            Some(path.path.segments.iter().map(|segment| segment.ident.to_string()).collect())
        }
        _ => None,
    }
}

fn of_impl(item: &ItemImpl, abilities: &mut Abilities) {
    match &item.trait_ {
        Some(_) => {
            let mut head = item.clone();
            head.items.clear();
            head.attrs.retain(|attr| attr.path().is_ident("cfg"));
            let text = show::tokens(&head);
            abilities.traits.push(text.trim_end_matches("{ }").trim_end().to_owned());
        }
        None => abilities.methods.extend(item.items.iter().filter_map(show::impl_item)),
    }
}

impl Listing<'_> {
    fn module(&mut self, id: ModuleId, path: &str) {
        if !self.walking.insert(id) {
            return;
        }
        for item in &self.tree.modules[id].items {
            self.item(id, path, item);
        }
        self.walking.remove(&id);
    }

    fn item(&mut self, id: ModuleId, path: &str, item: &Item) {
        match item {
            Item::Mod(it) if matches!(it.vis, Visibility::Public(_)) && !is_for_tests(&it.attrs) => {
                let name = it.ident.to_string();
                if let Some(child) = self.tree.modules[id].children.get(&name) {
                    self.module(*child, &format!("{path}::{name}"));
                }
            }
            Item::Use(it) if matches!(it.vis, Visibility::Public(_)) => {
                imports_of(it).iter().for_each(|import| self.import(id, path, import));
            }
            item => {
                let public = name_of(item).filter(|(_, vis)| matches!(vis, Visibility::Public(_)));
                if let Some((name, _)) = public {
                    self.definition((id, name.clone()), &format!("{path}::{name}"));
                }
            }
        }
    }

    /// What macros of the crate make that is public, wherever they stand: what they are made of, and each call.
    fn macros(&mut self) {
        let items = || self.tree.modules.iter().flat_map(|module| &module.items);
        let all = items().filter_map(|item| if let Item::Macro(it) = item { Some(it) } else { None });
        let all: Vec<_> = all.filter(|it| !is_for_tests(&it.attrs)).collect();
        for definition in all.iter().filter(|it| it.ident.is_some()) {
            let made = show::made_by(definition);
            let Some(name) = definition.ident.as_ref().filter(|_| !made.is_empty()) else { continue };
            let calls = all.iter().filter(|it| it.ident.is_none() && it.mac.path.is_ident(name));
            let lines = made.into_iter().chain(calls.map(|call| show::tokens(&call.mac)));
            self.found.entry(format!("{name}!")).or_default().extend(lines);
        }
    }

    fn import(&mut self, id: ModuleId, path: &str, import: &Import) {
        let here = format!("{path}::{}", import.name);
        match self.tree.resolve(id, &import.path) {
            Some(Target::Module(found)) if import.name == "*" => self.module(found, path),
            Some(Target::Module(found)) => self.module(found, &here),
            Some(Target::Item(home, name)) => self.definition((home, name), &here),
            None => self.found.entry(here).or_default().push(format!("pub use {}", import.path.join("::"))),
        }
    }

    fn definition(&mut self, id: ItemId, path: &str) {
        let items = self.tree.modules[id.0].items.iter();
        let named = items.filter(|item| name_of(item).is_some_and(|(name, _)| name == id.1));
        let mut lines: Vec<String> = named.flat_map(show::item).collect();
        if let Some(abilities) = self.abilities.get(&id) {
            let mut methods = abilities.methods.clone();
            methods.sort();
            lines.extend(methods.into_iter().flat_map(|(_, lines)| lines));
            let mut traits = abilities.traits.clone();
            traits.sort();
            lines.extend(traits);
        }
        self.found.insert(path.to_owned(), lines);
    }
}
