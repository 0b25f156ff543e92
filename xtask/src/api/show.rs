//! Items as the list shows them: formatted as rustfmt would, without bodies, documentation and private fields.

use syn::{Attribute, Block, Field, Fields, ImplItem, ImplItemFn, Item, ItemFn, TraitItem, Visibility};

/// An item; more than one line where it has parts.
pub(super) fn item(item: &Item) -> Vec<String> {
    let mut item = item.clone();
    let hides = match &mut item {
        Item::Struct(it) => {
            strip(&mut it.attrs);
            public_fields(&mut it.fields)
        }
        Item::Enum(it) => {
            strip(&mut it.attrs);
            for variant in &mut it.variants {
                strip(&mut variant.attrs);
                variant.fields.iter_mut().for_each(|field| strip(&mut field.attrs));
            }
            false
        }
        Item::Trait(it) => {
            strip(&mut it.attrs);
            it.items.iter_mut().for_each(trait_item);
            false
        }
        Item::Fn(it) => {
            strip(&mut it.attrs);
            *it.block = empty();
            false
        }
        Item::Const(it) => {
            strip(&mut it.attrs);
            false
        }
        Item::Static(it) => {
            strip(&mut it.attrs);
            false
        }
        Item::Type(it) => {
            strip(&mut it.attrs);
            false
        }
        _ => false,
    };
    let mut lines = lines(item);
    if hides {
        let last = lines.pop().unwrap_or_default();
        let open = last.trim_end_matches(['}', ';']).trim_end().to_owned();
        if open.is_empty() {
            lines.extend(["    // private fields".to_owned(), last]);
        } else {
            lines.push(format!("{} // private fields", open.trim_end_matches(" {").trim_end_matches("()")));
        }
    }
    lines
}

/// What an inherent implementation has that is public.
pub(super) fn impl_item(item: &ImplItem) -> Option<(String, Vec<String>)> {
    let is_public = |vis: &Visibility| matches!(vis, Visibility::Public(_));
    match item {
        ImplItem::Fn(it) if is_public(&it.vis) => Some((it.sig.ident.to_string(), method(it))),
        ImplItem::Const(it) if is_public(&it.vis) => {
            let (name, ty) = (it.ident.to_string(), &it.ty);
            Some((name.clone(), vec![format!("pub const {name}: {}", tokens(ty))]))
        }
        ImplItem::Macro(it) => Some((tokens(&it.mac.path), vec![tokens(&it.mac)])),
        _ => None,
    }
}

fn method(method: &ImplItemFn) -> Vec<String> {
    let mut attrs = method.attrs.clone();
    strip(&mut attrs);
    let (vis, sig) = (method.vis.clone(), method.sig.clone());
    lines(Item::Fn(ItemFn { attrs, vis, sig, block: Box::new(empty()), ..bare() }))
}

/// A function of which all that matters is replaced.
fn bare() -> ItemFn {
    syn::parse_quote!(
        fn bare() {}
    )
}

/// What a macro makes that is public: the heads of it, as the macro has them.
pub(super) fn made_by(item: &syn::ItemMacro) -> Vec<String> {
    let text = tokens(&item.mac.tokens);
    let heads = text.split("pub ").skip(1).filter(|head| !head.starts_with('('));
    heads.map(|head| format!("pub {}", head.split(['{', ';']).next().unwrap_or(head).trim())).collect()
}

/// Anything, on one line, without documentation.
pub(super) fn tokens(part: &impl quote::ToTokens) -> String {
    let text = part.to_token_stream().to_string();
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("# [doc = ") {
        plain.push_str(before);
        rest = end_of_text(after);
    }
    plain.push_str(rest);
    let spaced = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let pairs = [
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        (" < ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ,", ","),
        (" ;", ";"),
        ("' ", "'"),
    ];
    pairs.iter().fold(spaced, |text, (from, to)| text.replace(from, to))
}

/// What follows a text and the bracket behind it.
fn end_of_text(text: &str) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return text[at + 1..].trim_start_matches(']'),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    ""
}

fn lines(item: Item) -> Vec<String> {
    let file = syn::File { shebang: None, attrs: Vec::new(), items: vec![item], ..syn::parse_quote!() };
    let text = prettyplease::unparse(&file);
    let text = text.trim_end();
    text.strip_suffix(" {}").unwrap_or(text).lines().map(str::to_owned).collect()
}

fn trait_item(item: &mut TraitItem) {
    match item {
        TraitItem::Fn(it) => {
            strip(&mut it.attrs);
            it.default = it.default.as_ref().map(|_| empty());
        }
        TraitItem::Const(it) => strip(&mut it.attrs),
        TraitItem::Type(it) => strip(&mut it.attrs),
        _ => {}
    }
}

/// Takes private fields out; true where there were some.
fn public_fields(fields: &mut Fields) -> bool {
    let keep = |field: &Field| matches!(field.vis, Visibility::Public(_));
    let hides = !fields.iter().all(keep);
    fields.iter_mut().for_each(|field| strip(&mut field.attrs));
    match fields {
        Fields::Named(it) => it.named = it.named.iter().filter(|field| keep(field)).cloned().collect(),
        Fields::Unnamed(it) if hides => {
            it.unnamed = it.unnamed.iter().filter(|field| keep(field)).cloned().collect()
        }
        _ => {}
    }
    hides
}

/// What a user sees of attributes: what is derived, what must be used, what may grow, what a feature brings.
fn strip(attrs: &mut Vec<Attribute>) {
    const SEEN: [&str; 5] = ["cfg", "derive", "must_use", "non_exhaustive", "deprecated"];
    attrs.retain(|attr| SEEN.iter().any(|seen| attr.path().is_ident(seen)));
}

fn empty() -> Block {
    syn::parse_quote!({})
}
