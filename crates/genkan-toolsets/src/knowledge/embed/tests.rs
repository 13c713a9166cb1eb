//! Embedders on texts, and the reader of models on small and on broken folders.

use proptest::prelude::*;

use super::{Embedder, Model2Vec, NGrams, Vector};

fn likeness(embedder: &dyn Embedder, one: &str, other: &str) -> f64 {
    let vector = |text| Vector::of(&embedder.embed(text)).unwrap();
    vector(one).cosine(&vector(other))
}

#[test]
fn words_that_are_written_alike_are_near() {
    let near = likeness(&NGrams, "deployment pipeline", "deploymet of pipelines");
    let far = likeness(&NGrams, "deployment pipeline", "customer invoices");
    assert!(near > 0.5 && far < 0.25, "{near} {far}");
    assert!(likeness(&NGrams, "Café ÉCLAIR", "cafe eclair") > 0.999_999);
    assert_eq!(Vector::of(&NGrams.embed("")), None);
    assert_eq!(Vector::of(&NGrams.embed("a of is !")), None);
}

#[test]
fn vectors_of_other_lengths_and_broken_ones_say_nothing() {
    let one = Vector::of(&[1.0, -0.5, 0.0]).unwrap();
    assert_eq!(one.written(), "7fc000");
    assert_eq!(Vector::read("7fc000"), Some(one.clone()));
    assert_eq!(one.cosine(&Vector::of(&[1.0]).unwrap()), 0.0);
    for text in ["7", "7fz0", "7f é"] {
        assert_eq!(Vector::read(text), None, "{text}");
    }
    for numbers in [&[f32::NAN, 1.0][..], &[f32::INFINITY], &[0.0, 0.0], &[]] {
        assert_eq!(Vector::of(numbers), None, "{numbers:?}");
    }
}

const VOCABULARY: [&str; 6] = ["[UNK]", "ship", "sail", "##s", "invoice", "."];
/// Ships and sails point the same way, invoices another.
const NUMBERS: [[f32; 2]; 6] = [
    [9.0, 9.0],
    [1.0, 0.0],
    [0.9, 0.1],
    [0.5, 0.0],
    [0.0, 1.0],
    [0.0, 0.0],
];

fn tokenizer(kind: &str) -> Vec<u8> {
    let vocabulary: serde_json::Map<_, _> = VOCABULARY
        .iter()
        .zip(0..)
        .map(|(piece, number)| ((*piece).to_owned(), serde_json::Value::from(number)))
        .collect();
    serde_json::json!({"model": {"type": kind, "vocab": vocabulary, "unk_token": "[UNK]"}})
        .to_string()
        .into_bytes()
}

fn tensors(header: &serde_json::Value, numbers: &[u8]) -> Vec<u8> {
    let header = header.to_string();
    let length = (header.len() as u64).to_le_bytes();
    [&length, header.as_bytes(), numbers].concat()
}

fn singles() -> Vec<u8> {
    NUMBERS
        .iter()
        .flatten()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

fn header(dtype: &str, shape: &[usize], end: usize) -> serde_json::Value {
    serde_json::json!({
        "__metadata__": {"format": "pt"},
        "embeddings": {"dtype": dtype, "shape": shape, "data_offsets": [0, end]},
    })
}

#[test]
fn a_model_is_read_and_knows_what_means_alike() {
    let file = tensors(&header("F32", &[6, 2], 48), &singles());
    let model = Model2Vec::read(&tokenizer("WordPiece"), &file).unwrap();
    assert!(likeness(&model, "The ships!", "a sail.") > 0.98);
    assert!(likeness(&model, "ships", "invoice") < 0.1);
    assert_eq!(model.embed("ship"), [1.0, 0.0]);
    assert_eq!(
        model.embed("SHIPS ship"),
        [2.5, 0.0],
        "pieces, whatever the case"
    );
    assert_eq!(
        Vector::of(&model.embed("unknown words")),
        None,
        "no vector stands for all"
    );
    let mut numbers = singles();
    numbers[0] ^= 1;
    let file = tensors(&header("F32", &[6, 2], 48), &numbers);
    let other = Model2Vec::read(&tokenizer("WordPiece"), &file).unwrap();
    assert_ne!(
        other.name(),
        model.name(),
        "their vectors are never compared"
    );

    // 1, 0, 0.5, -2, 65504, the smallest above zero.
    let halves = [0x3c00_u16, 0, 0x3800, 0xc000, 0x7bff, 1];
    let halves: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
    let file = tensors(&header("F16", &[6, 1], 12), &halves);
    let model = Model2Vec::read(&tokenizer("WordPiece"), &file).unwrap();
    let read: Vec<f32> = ["sail", "ships", "invoice", "."]
        .iter()
        .map(|text| model.embed(text)[0])
        .collect();
    assert_eq!(read, [0.5, -2.0, 65_504.0, 2.0_f32.powi(-24)]);
}

#[test]
fn what_cannot_be_used_of_a_model_is_said() {
    let good = tensors(&header("F32", &[6, 2], 48), &singles());
    let mut odd = header("F32", &[6, 2], 48);
    odd["mapping"] = odd["embeddings"].clone();
    let infinite: Vec<u8> = [f32::INFINITY; 12]
        .iter()
        .flat_map(|n| n.to_le_bytes())
        .collect();
    let word_piece = tokenizer("WordPiece");
    for (tokenizer, tensors, says) in [
        (
            tokenizer("Unigram"),
            good.clone(),
            "`tokenizer.json`: its model is of kind \"Unigram\"",
        ),
        (
            b"{}".to_vec(),
            good.clone(),
            "`tokenizer.json`: missing field `model`",
        ),
        (b"\x00\x01".to_vec(), good.clone(), "`tokenizer.json`: "),
        (
            br#"{"model":{"type":"WordPiece","vocab":{}}}"#.to_vec(),
            good.clone(),
            "vocabulary is empty",
        ),
        (
            br#"{"model":{"type":"WordPiece","vocab":{"a":-1}}}"#.to_vec(),
            good.clone(),
            "its vocabulary: ",
        ),
        (
            word_piece.clone(),
            Vec::new(),
            "`model.safetensors`: it is too short",
        ),
        (word_piece.clone(), vec![255; 64], "header is too long"),
        (
            word_piece.clone(),
            good[..20].to_vec(),
            "ends within its header",
        ),
        (
            word_piece.clone(),
            good[..good.len() - 4].to_vec(),
            "ends before its numbers",
        ),
        (
            word_piece.clone(),
            tensors(&serde_json::json!({}), &[]),
            "no tensor `embeddings`",
        ),
        (
            word_piece.clone(),
            tensors(&header("F32", &[12], 48), &singles()),
            "1 dimensions, not two",
        ),
        (
            word_piece.clone(),
            tensors(&header("F32", &[6, 3], 48), &singles()),
            "do not fill it",
        ),
        (
            word_piece.clone(),
            tensors(&header("F32", &[usize::MAX, 2], 48), &singles()),
            "do not fill it",
        ),
        (
            word_piece.clone(),
            tensors(&header("F32", &[6, 4_097], 48), &singles()),
            "have 4097 numbers",
        ),
        (
            word_piece.clone(),
            tensors(&header("F32", &[3, 4], 48), &singles()),
            "there are 3 vectors",
        ),
        (
            word_piece.clone(),
            tensors(&header("BF16", &[6, 2], 24), &singles()),
            "type \"BF16\"",
        ),
        (
            word_piece.clone(),
            tensors(&header("F32", &[6, 2], 48), &infinite),
            "no number",
        ),
        (
            word_piece.clone(),
            tensors(&odd, &singles()),
            "`mapping`, which is not supported",
        ),
    ] {
        let fault = Model2Vec::read(&tokenizer, &tensors)
            .unwrap_err()
            .to_string();
        assert!(fault.contains(says), "{fault:?} says {says:?}");
    }
}

proptest! {
    #[test]
    fn any_text_and_any_file_is_read_or_refused(text in any::<String>(), file in any::<Vec<u8>>()) {
        let _ = Model2Vec::read(&tokenizer("WordPiece"), &file);
        let _ = Model2Vec::read(&file, &tensors(&header("F32", &[6, 2], 48), &singles()));
        let model = Model2Vec::read(&tokenizer("WordPiece"), &tensors(&header("F32", &[6, 2], 48), &singles()));
        for embedder in [&NGrams as &dyn Embedder, &model.unwrap()] {
            if let Some(vector) = Vector::of(&embedder.embed(&text)) {
                prop_assert_eq!(Vector::read(&vector.written()), Some(vector.clone()));
                prop_assert!((vector.cosine(&vector) - 1.0).abs() < 1e-9);
            }
        }
    }
}
