fn main() {
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        let source = ismslint::text::Source::new(path.as_str(), text);
        let t = std::time::Instant::now();
        let parsed = ismslint::syntax::parse(&source, ismslint::text::FileId(0));
        println!("{path}: {} declarations, {} errors, {:?}", parsed.tree.declarations.len(), parsed.errors.len(), t.elapsed());
        for e in parsed.errors.iter().take(30) {
            let place = e.primary.as_ref().unwrap().place;
            let lc = source.line_index().line_column(source.text(), place.span.start);
            println!("  {}:{} {} {} | `{}` | {:?}", lc.line, lc.column, e.code, e.message, source.slice(place.span).chars().take(40).collect::<String>(), e.help);
        }
    }
}
