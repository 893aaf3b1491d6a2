//! Every committed input, of `corpus/` and `crashes/`, once: a folder has the name of a property, a file the bytes of a case.

use std::fs;
use std::path::Path;

use guestlist_fuzz::replay::PROPERTIES;

#[test]
fn committed_inputs_agree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut replayed = 0;
    let mut failures = Vec::new();
    for folder in ["corpus", "crashes"].map(|folder| root.join(folder)) {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                continue; // What a folder is about, in words.
            }
            let name = path.file_name().unwrap().to_str().unwrap();
            let property = PROPERTIES.iter().find(|(property, _)| *property == name);
            let (_, property) =
                property.unwrap_or_else(|| panic!("{} is not the name of a property", path.display()));
            for file in fs::read_dir(&path).unwrap() {
                let file = file.unwrap().path();
                replayed += 1;
                if let Err(disagreement) = property(&fs::read(&file).unwrap()) {
                    failures.push(format!("{}: {disagreement}", file.display()));
                }
            }
        }
    }
    assert!(replayed >= 100, "{replayed} inputs are not the committed corpus");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_property_has_a_target_and_a_corpus() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, _) in PROPERTIES {
        assert!(root.join("corpus").join(name).is_dir(), "no corpus/{name}");
        assert!(root.join("fuzz_targets").join(name).with_extension("rs").is_file(), "no target {name}");
    }
    let targets = fs::read_dir(root.join("fuzz_targets")).unwrap().count();
    assert_eq!(targets, PROPERTIES.len(), "a target without a property");
}
