fn main() {
    let mut sources = Vec::new();
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        sources.push(ismslint::text::Source::new(path.as_str(), text));
    }
    let inputs = ismslint::engine::Inputs { sources, settings: Default::default(), today: ismslint::text::Date::parse("2026-11-21").unwrap(), known_paths: None };
    if std::env::var("TESTS").is_ok() {
        let r = ismslint::engine::test(inputs, true);
        for d in &r.diagnostics { println!("{} {}", d.code, d.message); }
        for t in &r.tests {
            println!("{} {} {}", if t.problems.is_empty() { "ok  " } else { "FAIL" }, t.code, t.title);
            for p in &t.problems { let l = p.primary.as_ref().unwrap().place; let s = r.sources.get(l.file); let lc = s.line_index().line_column(s.text(), l.span.start); println!("       {}:{} {} {:?}", s.path(), lc.line, p.message, p.notes); }
        }
        return;
    }
    let r = ismslint::engine::check(inputs);
    for (d, sup) in r.diagnostics.iter().map(|d| (d, "")).chain(r.suppressed.iter().map(|s| (&s.diagnostic, "~ "))) {
        let l = d.primary.as_ref().unwrap().place;
        let s = r.sources.get(l.file);
        let lc = s.line_index().line_column(s.text(), l.span.start);
        println!("{sup}{}:{}:{} {}[{}] {} | {} | about {:?} | help {:?} | labels {:?} | {}", s.path(), lc.line, lc.column, d.severity.word(), d.code, d.message, s.slice(l.span), d.subject.as_ref().map(|s| &s.id), d.help, d.labels.iter().map(|l| { let s = r.sources.get(l.place.file); let lc = s.line_index().line_column(s.text(), l.place.span.start); format!("{}:{} {}", s.path(), lc.line, l.message)}).collect::<Vec<_>>(), d.entity);
    }
    println!("{} files {} processes; {:?}", r.files, r.processes, r.stages);
    println!("{:?}", r.rule_timings.iter().take(5).collect::<Vec<_>>());
}
