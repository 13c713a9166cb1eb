//! The embedder that settings ask for. The files of a model are read here, once, at the start.

use std::{fs, path::Path, sync::Arc};

use genkan_core::{Clock, Code, Error, Result, lifecycle::Lifecycle};
use genkan_store::Store;
use genkan_toolsets::knowledge::{
    Options,
    embed::{Embedder, Model2Vec, NGrams, Reading},
};

use crate::settings::{Knowledge, Semantic, Settings};

/// The largest file of a model that is read, in bytes.
const MOST: u64 = 512 << 20;

/// How the toolset `knowledge` is set. An embedder reads what is written as long as the doors are open.
pub(crate) fn knowledge(
    settings: &Settings,
    store: &Store,
    clock: &Arc<dyn Clock>,
    doors: &Lifecycle,
) -> Result<Options> {
    let embedder = embedder(&settings.knowledge)?;
    if let Some(embedder) = &embedder {
        let reading = Reading::new(store.clone(), Arc::clone(embedder));
        reading.keep_on(Arc::clone(clock), doors);
    }
    Ok(Options {
        embedder,
        ..settings.for_knowledge()
    })
}

/// The embedder, if there is to be one.
fn embedder(settings: &Knowledge) -> Result<Option<Arc<dyn Embedder>>> {
    match settings.semantic {
        Semantic::Off => Ok(None),
        Semantic::NGrams => Ok(Some(Arc::new(NGrams))),
        Semantic::Model => Ok(Some(Arc::new(model(Path::new(folder(settings)?))?))),
    }
}

/// Refuses a model without a place.
pub(crate) fn check(settings: &Knowledge) -> Result<()> {
    match settings.semantic {
        Semantic::Model => folder(settings).map(drop),
        Semantic::Off | Semantic::NGrams => Ok(()),
    }
}

fn folder(settings: &Knowledge) -> Result<&str> {
    settings.model_folder.as_deref().ok_or_else(|| {
        refused("`knowledge.semantic` is `model`, but `knowledge.model_folder` is not set")
    })
}

fn model(folder: &Path) -> Result<Model2Vec> {
    let fault = |what: &dyn std::fmt::Display| {
        refused(format!(
            "the model in `{}` cannot be used: {what}",
            folder.display()
        ))
    };
    let read = |name: &str| {
        let path = folder.join(name);
        match fs::metadata(&path) {
            Ok(file) if !file.is_file() => Err(fault(&format!("`{name}` is no file"))),
            Ok(file) if file.len() > MOST => {
                Err(fault(&format!("`{name}` is larger than 512 MiB")))
            }
            Ok(_) => fs::read(&path).map_err(|error| fault(&format!("`{name}`: {error}"))),
            Err(error) => Err(fault(&format!("`{name}`: {error}"))),
        }
    };
    let (tokenizer, tensors) = (read("tokenizer.json")?, read("model.safetensors")?);
    Model2Vec::read(&tokenizer, &tensors).map_err(|what| fault(&what))
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(Code::ConfigInvalid, message.into()).hint(
        "Give `knowledge.model_folder` a folder of model2vec with `tokenizer.json` and `model.safetensors`, \
         or set `knowledge.semantic` to `off` or `ngrams`.",
    )
}
